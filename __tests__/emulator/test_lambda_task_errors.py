"""What a task gets when its Lambda function breaks, and which retriers match it."""

from typing import Any

import pytest
from fixture_types import Client, Make, Unique
from machines import Machines, create_function, jsonata, task

BREAKS = {
    "Runtime.ExitError": "process.exit(1)",
    "Sandbox.Timedout": "return new Promise(() => {})",
    "TimeoutError": "throw Object.assign(new Error('slow'), {name: 'TimeoutError'})",
    "ServiceUnavailableException": "throw Object.assign(new Error('x'), {name: 'ServiceUnavailableException'})",
}
"""Error name -> what a function does the first time that it is called."""


def invoke(function: str, retried: list[str]) -> dict[str, Any]:
    """A machine that calls the function with the number of the try, and retries these errors."""
    arguments = {"FunctionName": function, "Payload": {"try": "{% $states.context.State.RetryCount %}"}}
    retry = [{"ErrorEquals": retried, "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]
    return jsonata(Ask=task("lambda:invoke", arguments, Retry=retry, Output="{% $states.result.Payload %}"))


@pytest.mark.parametrize(("error", "breaks"), BREAKS.items())
def test_states_all_retries_a_broken_function_and_a_list_of_transient_errors_does_not(
    machines: Machines, client: Client, make_role: Make, unique: Unique, error: str, breaks: str
) -> None:
    source = f"export const handler = async (event) => {{ if (event.try === 0) {{ {breaks} }} return 'there'; }}"
    name = unique("breaks")
    timeout = 1 if error == "Sandbox.Timedout" else 10
    function = create_function(client("lambda"), name, make_role("lambda.amazonaws.com"), source, Timeout=timeout)
    assert machines.run(invoke(function, ["States.ALL"]))["output"] == "there"
    failed = machines.run(invoke(function, ["Lambda.ServiceException", "States.Timeout"]))
    assert (failed["status"], failed["error"]) == ("FAILED", error)

"""Errors of a task whose Lambda function fails, and the retriers that match them."""

from typing import Any

import pytest
from account import Client, make_role, unique
from machines import Machines, create_function, jsonata, task

FAILURES = {
    "Runtime.ExitError": "process.exit(1)",
    "Sandbox.Timedout": "return new Promise(() => {})",
    "TimeoutError": "throw Object.assign(new Error('slow'), {name: 'TimeoutError'})",
    "ServiceUnavailableException": "throw Object.assign(new Error('x'), {name: 'ServiceUnavailableException'})",
}
"""Error name → the function's code for its first invocation."""


def invoke(function: str, retried: list[str]) -> dict[str, Any]:
    """A machine that invokes the function with its retry count, and retries the errors."""
    arguments = {"FunctionName": function, "Payload": {"retry": "{% $states.context.State.RetryCount %}"}}
    retry = [{"ErrorEquals": retried, "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]
    return jsonata(Ask=task("lambda:invoke", arguments, Retry=retry, Output="{% $states.result.Payload %}"))


@pytest.mark.parametrize(("error", "failure"), FAILURES.items())
def test_only_states_all_retries_a_failed_function(
    machines: Machines, client: Client, error: str, failure: str
) -> None:
    source = f"export const handler = async (event) => {{ if (event.retry === 0) {{ {failure} }} return 'there'; }}"
    name, role = unique("fails"), make_role(client, "lambda.amazonaws.com")
    timeout = 1 if error == "Sandbox.Timedout" else 10
    function = create_function(client("lambda"), name, role, source, Timeout=timeout)
    assert machines.run(invoke(function, ["States.ALL"]))["output"] == "there"
    failed = machines.run(invoke(function, ["Lambda.ServiceException", "States.Timeout"]))
    assert (failed["status"], failed["error"]) == ("FAILED", error)

"""Events at the end of executions, and failed events of functions."""

import json
from typing import Any

import pytest
from account import Client, allow, make_role, unique
from machines import Machines, create_function, jsonata
from queues import Queue
from waiting import eventually

WAIT = {"Type": "Wait", "Seconds": 36_000, "End": True}


def queue_of_ends(client: Client, machine: str) -> Queue:
    """A queue for the events at the end of the machine's executions."""
    rule = unique("rule")
    detail = {"stateMachineArn": [machine], "status": [{"anything-but": "RUNNING"}]}
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"], "detail": detail}
    arn = client("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))["RuleArn"]
    queue = Queue(client("sqs"), "events.amazonaws.com", arn)
    client("events").put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue.arn}])
    return queue


def test_the_event_of_a_stopped_execution_contains_its_error_and_cause(machines: Machines, client: Client) -> None:
    machine = machines.create(jsonata(Rest=WAIT))
    queue = queue_of_ends(client, machine)
    execution = machines.client.start_execution(stateMachineArn=machine, input='{"day": 1}')["executionArn"]
    machines.client.stop_execution(executionArn=execution, error="ByHand", cause="No longer wanted")
    event = queue.event()
    detail = event["detail"]
    assert event["resources"] == [execution]
    assert isinstance(detail["startDate"], int) and detail["stopDate"] >= detail["startDate"]
    assert {key: detail[key] for key in ("executionArn", "status", "input", "output", "error", "cause")} == {
        "executionArn": execution,
        "status": "ABORTED",
        "input": '{"day": 1}',
        "output": None,
        "error": "ByHand",
        "cause": "No longer wanted",
    }
    assert detail["redriveStatus"] == "REDRIVABLE"


@pytest.mark.parametrize(
    ("state", "status", "error", "output"),
    [
        ({"Type": "Fail", "Error": "Broken", "Cause": "because"}, "FAILED", "Broken", None),
        ({"Type": "Succeed"}, "SUCCEEDED", None, "{}"),
        (WAIT, "TIMED_OUT", None, None),
    ],
)
def test_the_event_of_another_end_has_the_fields_of_describe_execution(
    machines: Machines, client: Client, state: dict[str, Any], status: str, error: str | None, output: str | None
) -> None:
    machine = machines.create({**jsonata(Only=state), "TimeoutSeconds": 1 if status == "TIMED_OUT" else 600})
    queue = queue_of_ends(client, machine)
    machines.client.start_execution(stateMachineArn=machine, input="{}")
    detail = queue.event()["detail"]
    assert (detail["status"], detail["error"], detail["output"]) == (status, error, output)


@pytest.mark.parametrize("may_send", [True, False])
def test_the_destination_of_failed_events_needs_a_permission(client: Client, emulator: Any, may_send: bool) -> None:
    queue = Queue(client("sqs"))
    allowed = [allow("sqs:SendMessage", queue.arn)] if may_send else []
    name = unique("function")
    source = "export const handler = async () => { throw new Error('never') }"
    create_function(client("lambda"), name, make_role(client, "lambda.amazonaws.com", allowed), source)
    client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue.arn}}
    )
    client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps({"n": 1}))
    if may_send:
        failed = queue.event()
        assert failed["requestPayload"] == {"n": 1}
        assert failed["responsePayload"]["errorMessage"] == "never"
    else:
        lost = f"function {name}: an event is lost, because its destination denies it"
        eventually(lambda: lost in emulator.log(), lost)
        assert queue.received() == []

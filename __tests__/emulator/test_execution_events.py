"""The end of an execution on the event bus, and what a rule's function may do about it."""

import json
from typing import Any

import pytest
from fixture_types import Client, Make, Unique
from machines import Machines, create_function, jsonata
from policies import allow
from queues import Queue, from_service
from waiting import eventually

RULES = "arn:aws:events:us-east-1:000000000000:rule/"
WAIT = {"Type": "Wait", "Seconds": 36_000, "End": True}


def queue_of_ends(client: Client, unique: Unique, machine: str) -> Queue:
    """A queue that gets the event of every end of an execution of the machine."""
    rule, name = unique("rule"), unique("queue")
    detail = {"stateMachineArn": [machine], "status": [{"anything-but": "RUNNING"}]}
    pattern = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"], "detail": detail}
    client("events").put_rule(Name=rule, EventPattern=json.dumps(pattern))
    queue = Queue(client("sqs"), name, from_service("events.amazonaws.com", name, RULES + rule))
    client("events").put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue.arn}])
    return queue


def test_the_event_of_a_stopped_execution_has_its_error_and_cause(
    machines: Machines, client: Client, unique: Unique
) -> None:
    machine = machines.create(jsonata(Rest=WAIT))
    queue = queue_of_ends(client, unique, machine)
    execution = machines.client.start_execution(stateMachineArn=machine, input='{"day": 1}')["executionArn"]
    machines.client.stop_execution(executionArn=execution, error="ByHand", cause="No longer wanted")
    event = json.loads(queue.next()["Body"])
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
    ],
)
def test_the_event_of_another_end_has_the_fields_of_describe_execution(
    machines: Machines,
    client: Client,
    unique: Unique,
    state: dict[str, Any],
    status: str,
    error: str | None,
    output: str | None,
) -> None:
    machine = machines.create(jsonata(Only=state))
    queue = queue_of_ends(client, unique, machine)
    machines.client.start_execution(stateMachineArn=machine, input="{}")
    detail = json.loads(queue.next()["Body"])["detail"]
    assert (detail["status"], detail["error"], detail["output"]) == (status, error, output)


def test_the_event_of_a_timed_out_execution_has_that_status(machines: Machines, client: Client, unique: Unique) -> None:
    machine = machines.create({**jsonata(Rest=WAIT), "TimeoutSeconds": 1})
    queue = queue_of_ends(client, unique, machine)
    machines.client.start_execution(stateMachineArn=machine, input="{}")
    assert json.loads(queue.next()["Body"])["detail"]["status"] == "TIMED_OUT"


@pytest.mark.parametrize("may_send", [True, False])
def test_an_event_whose_function_keeps_failing_goes_where_the_functions_role_may_send_it(
    client: Client, unique: Unique, make_role: Make, emulator: Any, may_send: bool
) -> None:
    queue = Queue(client("sqs"), unique("failed"))
    allowed = [allow("sqs:SendMessage", queue.arn)] if may_send else None
    name = unique("function")
    source = "export const handler = async () => { throw new Error('never') }"
    create_function(client("lambda"), name, make_role("lambda.amazonaws.com", allowed), source)
    client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": queue.arn}}
    )
    client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload=json.dumps({"n": 1}))
    if may_send:
        letter = json.loads(queue.next()["Body"])
        assert letter["requestPayload"] == {"n": 1}
        assert letter["responsePayload"]["errorMessage"] == "never"
    else:
        lost = f"function {name}: an event is lost, because its destination denies it"
        eventually(lambda: lost in emulator.log(), lost)
        assert queue.received() == []

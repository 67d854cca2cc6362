"""EventBridge Scheduler: when schedules fire, under which role, what is refused, and where failures go."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from machines import Machines, jsonata
from queues import Queue

ACCOUNT = "000000000000"
OFF = {"Mode": "OFF"}
SCHEDULER = "scheduler.amazonaws.com"
Make = Callable[..., str]


def allow(*actions: str, resource: str = "*") -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]


def in_seconds(seconds: float) -> str:
    moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


class Schedules:
    """Creates schedules of one target queue."""

    def __init__(self, client: Any, unique: Callable[[str], str], role: str, queue: Queue) -> None:
        self.client = client
        self.unique = unique
        self.role = role
        self.queue = queue

    def create(self, expression: str, target: dict[str, Any] | None = None, **options: Any) -> str:
        name = self.unique("schedule")
        self.client.create_schedule(
            **{
                "Name": name,
                "ScheduleExpression": expression,
                "FlexibleTimeWindow": OFF,
                "Target": {"Arn": self.queue.arn, "RoleArn": self.role, **(target or {})},
                **options,
            }
        )
        return name

    def refusal(self, expression: str = "rate(1 hour)", target: dict[str, Any] | None = None, **options: Any) -> str:
        with pytest.raises(ClientError) as refused:
            self.create(expression, target, **options)
        assert refused.value.response["Error"]["Code"] == "ValidationException"
        return str(refused.value.response["Error"]["Message"])


@pytest.fixture
def queue(client: Callable[..., Any], unique: Callable[[str], str]) -> Queue:
    return Queue(client("sqs"), unique("queue"))


@pytest.fixture
def schedules(client: Callable[..., Any], unique: Callable[[str], str], make_role: Make, queue: Queue) -> Schedules:
    role = make_role(SCHEDULER, allow("sqs:SendMessage"))
    return Schedules(client("scheduler"), unique, role, queue)


def test_rate_fires_at_once_and_again_after_the_shortened_interval(schedules: Schedules, queue: Queue) -> None:
    name = schedules.create("rate(1 minute)", {"Input": "<aws.scheduler.scheduled-time> <aws.scheduler.schedule-arn>"})
    bodies = [queue.next()["Body"] for _ in range(3)]
    schedules.client.delete_schedule(Name=name)
    times = [datetime.strptime(body.split()[0], "%Y-%m-%dT%H:%M:%SZ") for body in bodies]
    assert max(times) - min(times) < timedelta(seconds=40)
    assert bodies[0].split()[1] == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/{name}"


def test_at_fires_once_at_its_real_time_and_is_deleted_on_request(schedules: Schedules, queue: Queue) -> None:
    expression = in_seconds(2)
    kept = schedules.create(expression, {"Input": "kept <aws.scheduler.scheduled-time>"})
    gone = schedules.create(expression, {"Input": "gone"}, ActionAfterCompletion="DELETE")
    bodies = {queue.next()["Body"], queue.next()["Body"]}
    assert bodies == {f"kept {expression[3:-1]}Z", "gone"}
    assert schedules.client.get_schedule(Name=kept)["State"] == "ENABLED"
    with pytest.raises(schedules.client.exceptions.ResourceNotFoundException):
        schedules.client.get_schedule(Name=gone)
    assert queue.received() == []


def test_without_input_the_target_gets_the_scheduled_event(schedules: Schedules, queue: Queue) -> None:
    name = schedules.create(in_seconds(1))
    event = json.loads(queue.next()["Body"])
    assert (event["source"], event["detail-type"], event["detail"]) == ("aws.scheduler", "Scheduled Event", "{}")
    assert event["resources"] == [f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/{name}"]


def test_a_disabled_schedule_fires_only_once_enabled(schedules: Schedules, queue: Queue) -> None:
    target = {"Input": "x", "Arn": queue.arn, "RoleArn": schedules.role}
    marker = schedules.create("rate(1 minute)", {"Input": "marker"})
    name = schedules.create("rate(1 minute)", target, State="DISABLED")
    assert [queue.next()["Body"] for _ in range(3)] == ["marker"] * 3
    schedules.client.delete_schedule(Name=marker)
    schedules.client.update_schedule(
        Name=name, ScheduleExpression="rate(1 minute)", FlexibleTimeWindow=OFF, Target=target, State="ENABLED"
    )
    bodies = [queue.next()["Body"] for _ in range(3)]
    schedules.client.delete_schedule(Name=name)
    assert "x" in bodies


@pytest.mark.parametrize("arn", ["{machine}", "arn:aws:scheduler:::aws-sdk:sfn:startExecution"])
def test_an_execution_is_started_directly_and_by_the_universal_target(
    arn: str, client: Callable[..., Any], unique: Callable[[str], str], make_role: Make, schedules: Schedules
) -> None:
    machines = Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com"))
    machine = machines.create(jsonata(Done={"Type": "Succeed"}))
    given = json.dumps({"run": "<aws.scheduler.execution-id>"})
    text = json.dumps({"StateMachineArn": machine, "Input": given}) if "aws-sdk" in arn else given
    role = make_role(SCHEDULER, allow("states:StartExecution", resource=machine))
    schedules.create(in_seconds(1), {"Arn": arn.format(machine=machine), "RoleArn": role, "Input": text})
    while not (found := machines.client.list_executions(stateMachineArn=machine)["executions"]):
        pass
    assert len(machines.end(found[0]["executionArn"])["output"]["run"]) == 16


def test_a_role_without_the_permission_is_retried_until_it_has_it(
    client: Callable[..., Any], schedules: Schedules, queue: Queue, make_role: Make
) -> None:
    role = make_role(SCHEDULER)
    schedules.create(in_seconds(1), {"RoleArn": role, "Input": "attempt <aws.scheduler.attempt-number>"})
    marker = schedules.create(in_seconds(2), {"Input": "marker"})
    assert queue.next()["Body"] == "marker", marker
    policy = json.dumps({"Version": "2012-10-17", "Statement": allow("sqs:SendMessage")})
    client("iam").put_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyName="late", PolicyDocument=policy)
    attempt = int(queue.next()["Body"].removeprefix("attempt "))
    assert attempt > 1


def test_an_exhausted_invocation_goes_to_the_dead_letter_queue(
    client: Callable[..., Any], unique: Callable[[str], str], schedules: Schedules, make_role: Make
) -> None:
    dead = Queue(client("sqs"), unique("dead"))
    role = make_role(SCHEDULER, allow("sqs:SendMessage", resource=dead.arn))
    expression = in_seconds(1)
    name = schedules.create(
        expression,
        {
            "RoleArn": role,
            "Input": "<aws.scheduler.attempt-number>",
            "DeadLetterConfig": {"Arn": dead.arn},
            "RetryPolicy": {"MaximumRetryAttempts": 2},
        },
    )
    letter = dead.next()
    assert letter["Body"] == "3"
    assert "is not authorized to perform: sqs:sendmessage" in letter["attributes"].pop("ERROR_MESSAGE").lower()
    assert len(letter["attributes"].pop("EXECUTION_ID")) == 16
    assert letter["attributes"] == {
        "ERROR_CODE": "AccessDenied",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "2",
        "SCHEDULED_TIME": expression[3:-1] + "Z",
        "SCHEDULE_ARN": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/{name}",
        "TARGET_ARN": schedules.queue.arn,
    }

"""EventBridge Scheduler: time, role, retries and dead-letter queues of schedules, and rejected requests."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from account import ACCOUNT, Client, allow, make_role, put_policy, rejected, set_trust, trusting, unique
from botocore.exceptions import ClientError
from machines import Machines, jsonata
from queues import Queue
from running_emulator import start_emulator
from waiting import TooLate, eventually, in_time

OFF = {"Mode": "OFF"}
SCHEDULER = "scheduler.amazonaws.com"
Made = TypeVar("Made")


def soon(act: Callable[[datetime], Made]) -> Made:
    """The result of `act` with a time in some seconds, repeated with a later one if it is past when it is used."""

    def attempt(seconds: int) -> Made:
        try:
            return act((datetime.now(timezone.utc) + timedelta(seconds=seconds)).replace(microsecond=0))
        except ClientError as raised:
            if re.search("time is past", str(raised)):
                raise TooLate from raised
            raise

    return in_time(attempt)


def at(moment: datetime) -> str:
    return f"at({moment:%Y-%m-%dT%H:%M:%S})"


class Schedules:
    """Creates schedules with a queue as target."""

    def __init__(self, client: Any, role: str, queue: Queue) -> None:
        self.client = client
        self.role = role
        self.queue = queue

    def create(self, expression: str, target: dict[str, Any] | None = None, **options: Any) -> str:
        name = unique("schedule")
        members = {"Arn": self.queue.arn, "RoleArn": self.role, "Input": "{}", **(target or {})}
        self.client.create_schedule(
            **{
                "Name": name,
                "ScheduleExpression": expression,
                "FlexibleTimeWindow": OFF,
                "Target": {member: given for member, given in members.items() if given is not None},
                **options,
            }
        )
        return name

    def create_soon(self, target: dict[str, Any], **options: Any) -> str:
        """A schedule that is due once, in some seconds."""
        return soon(lambda moment: self.create(at(moment), target, **options))

    def rejection(self, expression: str = "rate(1 hour)", target: dict[str, Any] | None = None, **options: Any) -> str:
        with pytest.raises(ClientError) as raised:
            self.create(expression, target, **options)
        assert raised.value.response["Error"]["Code"] == "ValidationException"
        return str(raised.value.response["Error"]["Message"])


@pytest.fixture
def queue(client: Client) -> Queue:
    return Queue(client("sqs"))


@pytest.fixture
def schedules(client: Client, queue: Queue) -> Schedules:
    role = make_role(client, SCHEDULER, [allow("sqs:SendMessage")])
    return Schedules(client("scheduler"), role, queue)


def test_rate_is_due_immediately_and_after_each_shortened_interval(schedules: Schedules, queue: Queue) -> None:
    name = schedules.create("rate(1 minute)", {"Input": "<aws.scheduler.scheduled-time> <aws.scheduler.schedule-arn>"})
    bodies = [queue.next()["Body"] for _ in range(3)]
    schedules.client.delete_schedule(Name=name)
    times = [datetime.strptime(body.split()[0], "%Y-%m-%dT%H:%M:%SZ") for body in bodies]
    # Messages are not ordered. Two intervals take 1.2 s, and the times are in whole seconds.
    assert max(times) - min(times) >= timedelta(seconds=1)
    assert bodies[0].split()[1] == f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/{name}"


def test_at_is_due_once_at_its_time_in_its_time_zone(schedules: Schedules, queue: Queue) -> None:
    target, zone = {"Input": "<aws.scheduler.scheduled-time>"}, "Asia/Kolkata"

    def create(moment: datetime) -> tuple[str, datetime]:
        text = at(moment.astimezone(ZoneInfo(zone)))
        return schedules.create(text, target, ScheduleExpressionTimezone=zone), moment

    name, moment = soon(create)
    assert queue.next()["Body"] == f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    assert datetime.now(timezone.utc) >= moment
    assert schedules.client.get_schedule(Name=name)["State"] == "ENABLED"
    assert queue.received() == []


def test_a_disabled_schedule_is_not_due_until_it_is_enabled(schedules: Schedules, queue: Queue) -> None:
    target = {"Input": "x", "Arn": queue.arn, "RoleArn": schedules.role}
    marker = schedules.create("rate(1 minute)", {"Input": "marker"})
    name = schedules.create("rate(1 minute)", target, State="DISABLED")
    assert [queue.next()["Body"] for _ in range(3)] == ["marker"] * 3
    schedules.client.update_schedule(
        Name=name, ScheduleExpression="rate(1 minute)", FlexibleTimeWindow=OFF, Target=target, State="ENABLED"
    )
    eventually(lambda: queue.next()["Body"] == "x", "the enabled schedule")
    for each in (marker, name):
        schedules.client.delete_schedule(Name=each)


def test_an_execution_is_started(machines: Machines, client: Client, schedules: Schedules) -> None:
    machine = machines.create(jsonata(Done={"Type": "Succeed"}))
    role = make_role(client, SCHEDULER, [allow("states:StartExecution", machine)])
    given = json.dumps({"run": "<aws.scheduler.execution-id>"})
    schedules.create_soon({"Arn": machine, "RoleArn": role, "Input": given})
    found = eventually(lambda: machines.client.list_executions(stateMachineArn=machine)["executions"], "an execution")
    assert len(machines.end(found[0]["executionArn"])["output"]["run"]) == 16


def test_a_denied_invocation_is_retried(client: Client, schedules: Schedules, queue: Queue) -> None:
    role = make_role(client, SCHEDULER)
    schedules.create_soon({"RoleArn": role, "Input": "attempt <aws.scheduler.attempt-number>"})
    marker = schedules.create_soon({"Input": "marker"})
    assert queue.next()["Body"] == "marker", marker
    put_policy(client, role, "late", allow("sqs:SendMessage"))
    attempt = int(queue.next()["Body"].removeprefix("attempt "))
    assert attempt > 1


def test_an_exhausted_invocation_is_sent_to_the_dead_letter_queue(client: Client, schedules: Schedules) -> None:
    dead, group = Queue(client("sqs")), unique("group")
    schedules.client.create_schedule_group(Name=group)
    role = make_role(client, SCHEDULER, [allow("sqs:SendMessage", dead.arn)])
    target = {
        "RoleArn": role,
        "Input": "<aws.scheduler.attempt-number>",
        "DeadLetterConfig": {"Arn": dead.arn},
        "RetryPolicy": {"MaximumRetryAttempts": 2},
    }
    name, moment = soon(lambda moment: (schedules.create(at(moment), target, GroupName=group), moment))
    letter = dead.next()
    assert letter["Body"] == "3"
    assert "is not authorized to perform: sqs:sendmessage" in letter["attributes"].pop("ERROR_MESSAGE").lower()
    assert len(letter["attributes"].pop("EXECUTION_ID")) == 16
    assert letter["attributes"] == {
        "ERROR_CODE": "AccessDenied",
        "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
        "IS_PAYLOAD_TRUNCATED": "false",
        "RETRY_ATTEMPTS": "2",
        "SCHEDULED_TIME": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "SCHEDULE_ARN": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/{group}/{name}",
        "TARGET_ARN": schedules.queue.arn,
    }


def test_the_source_of_a_schedule_is_its_group(client: Client, schedules: Schedules, queue: Queue) -> None:
    def trust(source: str) -> None:
        own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        arn = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:{source}"
        set_trust(client, schedules.role, trusting({"Service": SCHEDULER}, {**own, "ArnLike": {"aws:SourceArn": arn}}))

    trust("schedule-group/default")
    schedules.create_soon({"Input": "trusted"})
    assert queue.next()["Body"] == "trusted"
    trust("schedule/default/*")
    assert "must allow AWS EventBridge Scheduler to assume the role" in schedules.rejection()


LATER = "2099-01-01T00:00:00Z"
FIFO = "arn:aws:sqs:us-east-1:000000000000:q.fifo"
BAD_TARGETS: list[tuple[dict[str, Any], str]] = [
    ({"RoleArn": "arn:aws:iam::000000000000:role/missing"}, "must allow AWS EventBridge Scheduler to assume"),
    ({"RoleArn": "missing"}, "regular expression pattern"),
    ({"Arn": "somewhere"}, "Provided Arn is not in correct format"),
    ({"Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c"}, "does not support the target arn:aws:ecs"),
    ({"Arn": FIFO}, "The local AWS does not support the target"),
    ({"SqsParameters": {"MessageGroupId": "g"}}, "support SqsParameters of Target of a schedule"),
    ({"Input": None}, "The local AWS does not support a target without Input"),
    ({"DeadLetterConfig": {"Arn": FIFO}}, "'target.deadLetterConfig.arn' failed"),
    ({"RetryPolicy": {"MaximumRetryAttempts": 186}}, "'target.retryPolicy.maximumRetryAttempts' failed"),
]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"expression": "every day"}, "Invalid Schedule Expression every day."),
        ({"expression": "at(2020-01-01T00:00:00)"}, "this time is past in UTC"),
        ({"expression": "at(2030-02-30T00:00:00)"}, "Invalid Schedule Expression"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, "Invalid Schedule Expression Timezone Mars/Olympus"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}}, "FlexibleTimeWindow of a schedule"),
        ({"ActionAfterCompletion": "DELETE"}, "support ActionAfterCompletion DELETE of a schedule"),
        ({"StartDate": LATER, "EndDate": LATER}, "The local AWS does not support StartDate of a schedule"),
        ({"State": "PAUSED"}, "enum value set: [ENABLED, DISABLED]"),
        *(({"target": target}, message) for target, message in BAD_TARGETS),
    ],
)
def test_an_invalid_schedule_is_rejected(schedules: Schedules, given: dict[str, Any], message: str) -> None:
    assert message in schedules.rejection(**given)


def test_a_schedule_needs_pass_role(schedules: Schedules, client_with: Client) -> None:
    schedules.client = client_with("scheduler", allow("scheduler:*"))
    with rejected("AccessDeniedException", "iam:PassRole"):
        schedules.create("rate(1 hour)")


def test_schedules_continue_after_a_restart(tmp_path: Path) -> None:
    first = start_emulator(tmp_path)
    role = make_role(first.client, SCHEDULER, [allow("sqs:SendMessage")])
    queue = Queue(first.client("sqs"), name="queue")
    schedules = Schedules(first.client("scheduler"), role, queue)
    names = {schedules.create_soon({"Input": "once"})}
    assert queue.next()["Body"] == "once"
    names.add(schedules.create("rate(20 minutes)", {"Input": "again"}))
    assert queue.next()["Body"] == "again"
    first.stop()
    with start_emulator(tmp_path) as second:
        assert Queue(second.client("sqs"), name="queue").next()["Body"] == "again"
        assert {schedule["Name"] for schedule in second.client("scheduler").list_schedules()["Schedules"]} == names

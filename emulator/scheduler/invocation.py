"""One firing of a schedule: the call to its target as its role, retries, the dead-letter queue."""

from __future__ import annotations

import secrets
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services import scheduler

from emulator import roles
from emulator.event_bridge import retries
from emulator.scheduler import expressions, targets, ticker
from emulator.step_functions import sdk

Json = dict[str, Any]

SERVICE = "scheduler.amazonaws.com"
ROLE_REFUSED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


def trusted(role_arn: str, group: str) -> bool:
    """Whether Scheduler may assume the role. aws:SourceArn is the schedule's group, not the schedule."""
    source = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:schedule-group/{group}"
    return roles.trusts(role_arn, SERVICE, source)


def watch() -> None:
    """Invoke the targets of enabled schedules when they are due."""
    ticker.watch("schedules", lambda: dict(scheduler._schedules._data), next_occurrence, start)


def next_occurrence(schedule: Json, after: float) -> float | None:
    """The first occurrence after `after`."""
    expression = expressions.parse(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
    return expression.next_after(after, schedule["CreationDate"])


def start(schedule: Json, moment: float) -> None:
    """Invoke the target in the background for the occurrence at `moment`."""
    firing = _Firing(schedule, moment)
    policy = retries.Policy.of(schedule["Target"])
    retries.start(f"schedule {schedule['Arn']}", firing.attempt, policy, firing.bury)


class _Firing:
    def __init__(self, schedule: Json, moment: float) -> None:
        self.schedule = schedule
        self.target: Json = schedule["Target"]
        self.time = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.execution_id = ""
        self.sent = ""

    def attempt(self, number: int) -> None:
        self.execution_id = secrets.token_hex(8)
        self.sent = self._input(number)
        try:
            self._call(*targets.call_of(self.target["Arn"], self.sent))
        except BotoCoreError as failed:
            raise retries.DeliveryError("ValidationException", str(failed), retryable=True) from None

    def bury(self, exhausted: retries.Exhausted) -> None:
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            attributes = exhausted.attributes(
                EXECUTION_ID=self.execution_id,
                IS_PAYLOAD_TRUNCATED="false",
                SCHEDULED_TIME=self.time,
                SCHEDULE_ARN=self.schedule["Arn"],
                TARGET_ARN=self.target["Arn"],
            )
            message = {"MessageBody": self.sent, "MessageAttributes": attributes}
            self._call("sqs", "SendMessage", {"QueueUrl": targets.queue_url(queue), **message})

    def _call(self, service: str, operation: str, arguments: Json) -> None:
        role = self.target["RoleArn"]
        if not trusted(role, self.schedule["GroupName"]):
            raise retries.DeliveryError("AccessDeniedException", ROLE_REFUSED, retryable=True)
        try:
            sdk.client(role, "scheduler", service)._make_api_call(operation, arguments)
        except ClientError as failed:
            error = failed.response["Error"]
            # AWS names no error that Scheduler does not retry.
            raise retries.DeliveryError(error["Code"], error["Message"], retryable=True) from None

    def _input(self, attempt: int) -> str:
        text = self.target["Input"]
        for name, value in (
            ("schedule-arn", self.schedule["Arn"]),
            ("scheduled-time", self.time),
            ("execution-id", self.execution_id),
            ("attempt-number", str(attempt)),
        ):
            text = text.replace(f"<aws.scheduler.{name}>", value)
        return str(text)

"""Invokes the target of a schedule with its role, with retries and a dead-letter queue."""

import secrets
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services import scheduler

from emulator import roles
from emulator.event_bridge.retries import DeliveryError, Exhausted, call_of
from emulator.event_bridge.retries import start as start_delivery
from emulator.models import Json
from emulator.scheduler import expressions, ticker
from emulator.step_functions import sdk

SERVICE = "scheduler.amazonaws.com"
ROLE_REJECTED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


def trusted(role_arn: str, group: str) -> bool:
    """Whether Scheduler is allowed to assume the role. aws:SourceArn is the ARN of the schedule's group."""
    source = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:schedule-group/{group}"
    return roles.trusts(role_arn, SERVICE, source)


def watch() -> None:
    """Invoke the targets of enabled schedules when they are due."""
    ticker.watch("schedules", lambda: dict(scheduler._schedules._data), _next_occurrence, _start)


def _next_occurrence(schedule: Json, after: float) -> float | None:
    expression = expressions.parse(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
    return expression.next_after(after, schedule["CreationDate"])


def _start(schedule: Json, moment: float) -> None:
    firing = _Firing(schedule, moment)
    start_delivery(f"schedule {schedule['Arn']}", schedule["Target"], firing.attempt, firing.send_dead_letter)


class _Firing:
    def __init__(self, schedule: Json, moment: float) -> None:
        self.schedule = schedule
        self.target: Json = schedule["Target"]
        self.time = datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.execution_id = ""
        self.sent = ""

    def attempt(self, number: int) -> None:
        self.execution_id = secrets.token_hex(8)
        values = {
            "schedule-arn": self.schedule["Arn"],
            "scheduled-time": self.time,
            "execution-id": self.execution_id,
            "attempt-number": str(number),
        }
        self.sent = self.target["Input"]
        for name, value in values.items():
            self.sent = self.sent.replace(f"<aws.scheduler.{name}>", value)
        self._call(self.target["Arn"])

    def send_dead_letter(self, exhausted: Exhausted) -> None:
        queue = (self.target.get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            attributes = exhausted.attributes(
                EXECUTION_ID=self.execution_id,
                IS_PAYLOAD_TRUNCATED="false",
                SCHEDULED_TIME=self.time,
                SCHEDULE_ARN=self.schedule["Arn"],
                TARGET_ARN=self.target["Arn"],
            )
            self._call(queue, MessageAttributes=attributes)

    def _call(self, arn: str, **more: Any) -> None:
        service, operation, arguments = call_of(arn, self.sent)
        role = self.target["RoleArn"]
        # AWS does not document errors that are not retried.
        if not trusted(role, self.schedule["GroupName"]):
            raise DeliveryError("AccessDeniedException", ROLE_REJECTED, retryable=True)
        try:
            sdk.client(role, "scheduler", service)._make_api_call(operation, {**arguments, **more})
        except ClientError as failed:
            error = failed.response["Error"]
            raise DeliveryError(error["Code"], error["Message"], retryable=True) from None
        except BotoCoreError as failed:
            raise DeliveryError("ValidationException", str(failed), retryable=True) from None

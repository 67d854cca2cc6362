"""Hooks into MiniStack's Scheduler API: checks of requests, and invocation of targets with the schedule's role."""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region
from ministack.services import scheduler

from emulator import hooks, models, roles
from emulator.event_bridge.retries import DeliveryError, Exhausted, call_of
from emulator.event_bridge.retries import start as start_delivery
from emulator.models import ApiError, Json, invalid, members
from emulator.scheduler import expressions, ticker
from emulator.step_functions import sdk

_log = logging.getLogger("emulator.schedules")
SERVICE = "scheduler.amazonaws.com"
ROLE_REJECTED = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
SUPPORTED = members(
    "Name GroupName Description State ClientToken ScheduleExpression ScheduleExpressionTimezone",
    FlexibleTimeWindow={"Mode": ("OFF",)},
    ActionAfterCompletion=("NONE",),
    Target=members("Arn RoleArn Input DeadLetterConfig RetryPolicy"),
)
"""The members that the stacks use."""
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12})?:(.+)")


def _check(headers: Json, query: Json, given: Json) -> None:
    _check_times(given["ScheduleExpression"], given.get("ScheduleExpressionTimezone") or "UTC")
    models.supported("a schedule", given, SUPPORTED)
    _check_target(given["Target"])
    group, role = given.get("GroupName") or "default", given["Target"]["RoleArn"]
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": SERVICE})
    has_group = group == "default" or group in scheduler._schedule_groups  # MiniStack reports a missing group
    if has_group and not _trusted(role, group):
        raise invalid(ROLE_REJECTED)


def _check_times(text: str, zone: str) -> None:
    try:
        expression = expressions.parse(text, zone)
    except expressions.InvalidTimezone:
        raise invalid(f"Invalid Schedule Expression Timezone {zone}.") from None
    except ValueError as error:
        _log.info("invalid schedule expression: %s", error)  # AWS's message does not have the reason
        raise invalid(f"Invalid Schedule Expression {text}.") from None
    if isinstance(expression, expressions.At) and expression.moment < time.time():
        raise invalid(f"Invalid Schedule Expression {text}. Reason: this time is past in {zone}.")


def _check_target(target: Json) -> None:
    arn = target["Arn"]
    found = _ARN.fullmatch(arn)
    if found is None:
        raise invalid(f"Provided Arn is not in correct format: {arn}")
    if found[1] not in ("sqs", "states") or arn.endswith(".fifo"):
        raise invalid(f"The local AWS does not support the target {arn}: use a state machine or a standard SQS queue.")
    if not target.get("Input"):
        raise invalid("The local AWS does not support a target without Input.")


def _checked(method: str, path: str, headers: Json, given: Json, query: Json) -> Json:
    request = models.rest_request("scheduler", method, path, query, given)
    if request is None:
        return given
    operation, params = request
    models.check(operation, params)
    _check(headers, query, params)
    target = params["Target"]
    policy = {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185, **(target.get("RetryPolicy") or {})}
    return {**params, "Target": {**target, "RetryPolicy": policy}}


async def _handle_request(
    theirs: Callable[..., Any], method: str, path: str, headers: Json, body: bytes, query: Json
) -> Any:
    if method in ("POST", "PUT") and path.startswith("/schedules/"):
        try:
            body = json.dumps(_checked(method, path, headers, json.loads(body or b"{}"), query)).encode()
        except ApiError as rejected:
            return scheduler._error(rejected.status, rejected.code, rejected.message)
    return await theirs(method, path, headers, body, query)


def _trusted(role_arn: str, group: str) -> bool:
    """Whether Scheduler is allowed to assume the role. aws:SourceArn is the ARN of the schedule's group."""
    source = f"arn:aws:scheduler:{get_region()}:{get_account_id()}:schedule-group/{group}"
    return roles.trusts(role_arn, SERVICE, source)


def _watch() -> None:
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
        if not _trusted(role, self.schedule["GroupName"]):
            raise DeliveryError("AccessDeniedException", ROLE_REJECTED, retryable=True)
        try:
            sdk.client(role, "scheduler", service)._make_api_call(operation, {**arguments, **more})
        except ClientError as failed:
            error = failed.response["Error"]
            raise DeliveryError(error["Code"], error["Message"], retryable=True) from None
        except BotoCoreError as failed:
            raise DeliveryError("ValidationException", str(failed), retryable=True) from None


def install() -> None:
    expressions.install()
    hooks.wrap(scheduler, "handle_request", _handle_request)
    hooks.replace(scheduler, "start_scheduler", lambda _: _watch)
    hooks.require(scheduler, "_schedules _schedule_groups _error")

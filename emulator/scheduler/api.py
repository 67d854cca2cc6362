"""Hooks into MiniStack's Scheduler API: checks of CreateSchedule and UpdateSchedule."""

import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from ministack.services import scheduler

from emulator import hooks, models, roles
from emulator.models import ApiError, Json, invalid
from emulator.scheduler import expressions, invocation

_log = logging.getLogger("emulator.schedules")
SUPPORTED: dict[str, Any] = {
    **dict.fromkeys(("Name", "GroupName", "Description", "State", "ClientToken")),
    **dict.fromkeys(("ScheduleExpression", "ScheduleExpressionTimezone")),
    "FlexibleTimeWindow": {"Mode": ("OFF",)},
    "ActionAfterCompletion": ("NONE",),
    "Target": dict.fromkeys(("Arn", "RoleArn", "Input", "DeadLetterConfig", "RetryPolicy")),
}
"""The members that the stacks use."""
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12})?:(.+)")


def _check(headers: Json, query: Json, given: Json) -> None:
    _check_times(given["ScheduleExpression"], given.get("ScheduleExpressionTimezone") or "UTC")
    models.supported("a schedule", given, SUPPORTED)
    _check_target(given["Target"])
    group, role = given.get("GroupName") or "default", given["Target"]["RoleArn"]
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": invocation.SERVICE})
    has_group = group == "default" or group in scheduler._schedule_groups  # MiniStack reports a missing group
    if has_group and not invocation.trusted(role, group):
        raise invalid(invocation.ROLE_REJECTED)


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


def install() -> None:
    expressions.install()
    hooks.wrap(scheduler, "handle_request", _handle_request)
    hooks.replace(scheduler, "start_scheduler", lambda _: invocation.watch)
    hooks.require(scheduler, "_schedules _schedule_groups _error")

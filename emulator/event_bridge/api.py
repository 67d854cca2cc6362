"""The hooks into MiniStack's EventBridge API: what it refuses, how it dispatches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import eventbridge

from emulator import hooks, models, roles
from emulator.event_bridge import patterns, s3_events, targets, timer
from emulator.models import ApiError
from emulator.scheduler import expressions

Json = dict[str, Any]
Check = Callable[[Json, Json, Json], None]

MOST_TARGETS = 5
TARGET_MEMBERS = {"Id", "Arn", "RoleArn", "DeadLetterConfig", "RetryPolicy"}
"""Of AWS's members of a target those that the stacks and tasks give; the whole event is what a target gets."""


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def _bus(given: Json) -> str:
    return str(given.get("EventBusName") or "default").rpartition("/")[2]


def _check_rule(given: Json, headers: Json, query: Json) -> None:
    schedule = given.get("ScheduleExpression")
    if not schedule and not given.get("EventPattern"):
        raise _refused("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if schedule:
        if _bus(given) != "default":
            raise _refused("ScheduleExpression is supported only on the default event bus.")
        try:
            expression = expressions.parse(schedule)
        except ValueError:
            raise _refused("Parameter ScheduleExpression is not valid.") from None
        if isinstance(expression, expressions.At):
            raise _refused("Parameter ScheduleExpression is not valid.")
    if given.get("RoleArn"):
        _may_pass(given["RoleArn"], headers, query)


def _may_pass(role: str, headers: Json, query: Json) -> None:
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": targets.SERVICE})


def _existing(name: str, bus: str) -> Json:
    rule: Json | None = eventbridge._rules.get(eventbridge._rule_key(name, bus))
    if rule is None:
        raise ApiError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus {bus}.")
    return rule


def _check_targets(given: Json, headers: Json, query: Json) -> None:
    bus = _bus(given)
    rule = _existing(given["Rule"], bus)
    present = {target["Id"] for target in eventbridge._targets.get(eventbridge._rule_key(given["Rule"], bus), [])}
    ids = [target["Id"] for target in given["Targets"]]
    if len(set(ids)) < len(ids):
        raise _refused("Target Ids must be unique within one request.")
    if len(present | set(ids)) > MOST_TARGETS:
        raise ApiError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    for target in given["Targets"]:
        _check_target(target)
        if target.get("RoleArn"):
            _may_pass(target["RoleArn"], headers, query)
            if not roles.trusts(target["RoleArn"], targets.SERVICE, rule["Arn"]):
                raise _refused(targets.role_refused(target["RoleArn"]))


def _check_target(target: Json) -> None:
    name, arn = target["Id"], target["Arn"]
    service = "".join(arn.split(":")[2:3])
    if not arn.startswith("arn:") or not service:
        raise _refused(f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format.")
    if service not in targets.SUPPORTED or arn.endswith(".fifo"):
        raise _refused(
            f"The local AWS does not support the target {arn}: rules reach Lambda functions, state machines and "
            "standard SQS queues."
        )
    models.supported(f"target {name}", target, TARGET_MEMBERS)
    if service == "states" and not target.get("RoleArn"):
        raise _refused(f"RoleArn is required for target {arn}.")
    dead_letters = (target.get("DeadLetterConfig") or {}).get("Arn", "")
    if dead_letters and (dead_letters.split(":")[2:3] != ["sqs"] or dead_letters.endswith(".fifo")):
        raise _refused(f"Parameter DeadLetterConfig of target {name} is not the ARN of a standard SQS queue.")


def _check_deleted(given: Json, headers: Json, query: Json) -> None:
    if eventbridge._targets.get(eventbridge._rule_key(given["Name"], _bus(given))):
        raise _refused("Rule can't be deleted since it has targets.")


def _must_exist(member: str) -> Check:
    def check(given: Json, headers: Json, query: Json) -> None:
        _existing(given[member], _bus(given))

    return check


CHECKS: dict[str, Check] = {
    "PutRule": _check_rule,
    "PutTargets": _check_targets,
    "DeleteRule": _check_deleted,
    "EnableRule": _must_exist("Name"),
    "DisableRule": _must_exist("Name"),
    "RemoveTargets": _must_exist("Rule"),
    "ListTargetsByRule": _must_exist("Rule"),
}


def _handle_request(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_request(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in CHECKS:
            try:
                given = json.loads(body or b"{}")
                models.check(models.service_model("events").operation_model(action), given)
                CHECKS[action](given, headers, query)
            except ApiError as refused:
                return error_response_json(refused.code, refused.message, refused.status)
        return await handle(method, path, headers, body, query)

    return handle_request


def _whole_seconds(render: Callable[[Json], str]) -> Callable[[Json], str]:
    """AWS's event times have no fraction."""

    def time_string(event: Json) -> str:
        text = render(event)
        head, dot, _ = text.partition(".")
        return f"{head}Z" if dot and text.endswith("Z") else text

    return time_string


def install() -> None:
    hooks.replace(eventbridge, "handle_request", _handle_request)
    hooks.replace(eventbridge, "_invoke_target", lambda _: targets.invoke)
    hooks.replace(eventbridge, "_event_time_string", _whole_seconds)
    hooks.replace(eventbridge, "start_scheduler", lambda _: timer.start)
    for name in ("_rules", "_targets", "_rule_key", "_pattern_event_view"):
        hooks.original(eventbridge, name)
    patterns.install()
    s3_events.install()

"""MiniStack's EventBridge API with AWS's checks, delivery with permissions, and rules with a schedule."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge

from emulator import hooks, json_protocol, models, roles
from emulator.event_bridge import targets
from emulator.models import ApiError
from emulator.scheduler import expressions, ticker

Json = dict[str, Any]

MAX_TARGETS = 5
MAX_STARS = 3
"""AWS was seen to take two in one wildcard and to find six too complex; where the limit is, is not documented."""
TARGET_MEMBERS = {"Id", "Arn", "RoleArn", "DeadLetterConfig", "RetryPolicy"}
"""The members of a target that the stacks and tasks set; a target gets the whole event."""


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
            is_taken = not isinstance(expressions.parse(schedule), expressions.At)
        except ValueError:
            is_taken = False
        if not is_taken:
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


def _targets(name: str, bus: str) -> list[Json]:
    found: list[Json] = eventbridge._targets.get(eventbridge._rule_key(name, bus), [])
    return found


def _check_targets(given: Json, headers: Json, query: Json) -> None:
    rule = _existing(given["Rule"], _bus(given))
    ids = [target["Id"] for target in given["Targets"]]
    if len(set(ids)) < len(ids):
        raise _refused("Target Ids must be unique within one request.")
    if len({target["Id"] for target in _targets(given["Rule"], _bus(given))} | set(ids)) > MAX_TARGETS:
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
    if service not in ("lambda", "sqs", "states") or arn.endswith(".fifo"):
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


def _check_deletion(given: Json, headers: Json, query: Json) -> None:
    if _targets(given["Name"], _bus(given)):
        raise _refused("Rule can't be deleted since it has targets.")


def _must_exist(given: Json, headers: Json, query: Json) -> None:
    _existing(given.get("Name") or given["Rule"], _bus(given))


CHECKS: dict[str, json_protocol.Check] = {
    "PutRule": _check_rule,
    "PutTargets": _check_targets,
    "DeleteRule": _check_deletion,
    **dict.fromkeys(("EnableRule", "DisableRule", "RemoveTargets", "ListTargetsByRule"), _must_exist),
}


# --- rules with a schedule: cron() in UTC, rate() from the rule's creation on ---


def _scheduled() -> dict[ticker.Key, Json]:
    return {key: rule for key, rule in list(eventbridge._rules._data.items()) if rule.get("ScheduleExpression")}


def _next_occurrence(rule: Json, after: float) -> float | None:
    expression = expressions.parse(rule["ScheduleExpression"])
    created = rule["CreationTime"]
    if isinstance(expression, expressions.Rate):
        after = max(after, created)  # the first run is one interval after the creation
    return expression.next_after(after, created)


def _fire(rule: Json, moment: float) -> None:
    _, _, _, region, account, _ = rule["Arn"].split(":", 5)
    event = {
        "EventId": str(uuid.uuid4()),
        "Source": "aws.events",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "EventBusName": "default",
        "Time": int(moment),
        "Resources": [rule["Arn"]],
        "Account": account,
        "Region": region,
    }
    view = eventbridge._pattern_event_view(event)
    for target in _targets(rule["Name"], "default"):
        eventbridge._invoke_target(target, event, rule, view)


# --- patterns and events, where MiniStack is not as AWS was seen to be (docs/emulator.md, "Measured against AWS") ---


def _bounded(theirs: Callable[..., None]) -> Callable[..., None]:
    def validate_wildcard(operand: Any) -> None:
        theirs(operand)
        if operand.count("*") > MAX_STARS:
            raise eventbridge._InvalidPattern(
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
                "after a wildcard character"
            )

    return validate_wildcard


def _not_nested_further(theirs: Callable[..., None]) -> Callable[..., None]:
    def validate_nested(inner: str, operand: Any) -> None:
        if isinstance(operand, dict):
            raise eventbridge._InvalidPattern("Value of anything-but must be an array or single string/number value.")
        theirs(inner, operand)

    return validate_nested


def _text_stays_text(theirs: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """In TestEventPattern a `detail` that is a string is not an object, also when it holds JSON."""

    def event_from(payload: Json) -> Any:
        detail = payload.get("detail")
        return theirs({**payload, "detail": json.dumps(detail)} if isinstance(detail, str) else payload)

    return event_from


def _whole_seconds(render: Callable[[Json], str]) -> Callable[[Json], str]:
    """AWS's event times have no fraction."""

    def time_string(event: Json) -> str:
        text = render(event)
        head, dot, _ = text.partition(".")
        return f"{head}Z" if dot and text.endswith("Z") else text

    return time_string


def install() -> None:
    json_protocol.guard(eventbridge, "events", CHECKS)
    hooks.replace(eventbridge, "_invoke_target", lambda _: targets.invoke)
    hooks.replace(eventbridge, "_event_time_string", _whole_seconds)
    hooks.replace(
        eventbridge,
        "start_scheduler",
        lambda _: lambda: ticker.watch("scheduled rules", _scheduled, _next_occurrence, _fire),
    )
    for name in ("_rules", "_targets", "_rule_key", "_pattern_event_view"):
        hooks.original(eventbridge, name)
    hooks.replace(eventbridge, "_validate_wildcard", _bounded)
    hooks.original(eventbridge, "_OPERAND_VALIDATORS")["wildcard"] = eventbridge._validate_wildcard
    hooks.replace(eventbridge, "_validate_anything_but_nested", _not_nested_further)
    hooks.replace(eventbridge, "_event_from_test_payload", _text_stays_text)

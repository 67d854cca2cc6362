"""Hooks into MiniStack's EventBridge API: checks, delivery with permissions, and rules with a schedule."""

import uuid
from functools import partial
from typing import Any

from ministack.services import eventbridge

from emulator import hooks, json_protocol, models, roles
from emulator.event_bridge import targets
from emulator.models import ApiError, Json, invalid, members
from emulator.scheduler import expressions, ticker

MAX_TARGETS = 5
RULE = members("Name ScheduleExpression EventPattern State Description Tags", EventBusName=("default",))
TARGET = members("Id Arn RoleArn DeadLetterConfig RetryPolicy")
"""The members of a rule and of a target that the stacks and tasks use."""
OPERATORS = ("prefix", "numeric", "anything-but")
"""The operators in event patterns of the stacks and tasks."""


def _check_rule(given: Json, headers: Json, query: Json) -> None:
    models.supported("a rule", given, RULE)
    schedule = given.get("ScheduleExpression")
    if not schedule and not given.get("EventPattern"):
        raise invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
    if schedule:
        try:
            is_taken = not isinstance(expressions.parse(schedule), expressions.At)
        except ValueError:
            is_taken = False
        if not is_taken:
            raise invalid("Parameter ScheduleExpression is not valid.")


def _existing(name: str) -> Json:
    rule: Json | None = eventbridge._rules.get(eventbridge._rule_key(name, "default"))
    if rule is None:
        raise ApiError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus default.")
    return rule


def _targets(name: str) -> list[Json]:
    found: list[Json] = eventbridge._targets.get(eventbridge._rule_key(name, "default"), [])
    return found


def _check_targets(given: Json, headers: Json, query: Json) -> None:
    rule = _existing(given["Rule"])
    ids = [target["Id"] for target in given["Targets"]]
    if len(set(ids)) < len(ids):
        raise invalid("Target Ids must be unique within one request.")
    if len({target["Id"] for target in _targets(given["Rule"])} | set(ids)) > MAX_TARGETS:
        raise ApiError("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    for target in given["Targets"]:
        _check_target(target)
        if role := target.get("RoleArn"):
            roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": targets.SERVICE})
            if not roles.trusts(role, targets.SERVICE, rule["Arn"]):
                raise invalid(targets.role_rejected(role))


def _check_target(target: Json) -> None:
    name, arn = target["Id"], target["Arn"]
    service = "".join(arn.split(":")[2:3])
    if not arn.startswith("arn:") or not service:
        raise invalid(f"Parameter {arn} is not valid. Reason: Provided Arn is not in correct format.")
    if service not in ("lambda", "sqs", "states") or arn.endswith(".fifo"):
        raise invalid(
            f"The local AWS does not support the target {arn}: use a Lambda function, a state machine or a standard "
            "SQS queue."
        )
    models.supported(f"target {name}", target, TARGET)
    if service == "states" and not target.get("RoleArn"):
        raise invalid(f"RoleArn is required for target {arn}.")
    dead_letters = (target.get("DeadLetterConfig") or {}).get("Arn", "")
    if dead_letters and (dead_letters.split(":")[2:3] != ["sqs"] or dead_letters.endswith(".fifo")):
        raise invalid(f"Parameter DeadLetterConfig of target {name} is not the ARN of a standard SQS queue.")


def _check_deletion(given: Json, headers: Json, query: Json) -> None:
    if _targets(given["Name"]):
        raise invalid("Rule can't be deleted since it has targets.")


def _must_exist(given: Json, headers: Json, query: Json) -> None:
    _existing(given.get("Name") or given["Rule"])


CHECKS: dict[str, json_protocol.Check] = {
    "PutRule": _check_rule,
    "PutTargets": _check_targets,
    "DeleteRule": _check_deletion,
    **dict.fromkeys(("EnableRule", "DisableRule", "RemoveTargets", "ListTargetsByRule"), _must_exist),
}


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
    for target in _targets(rule["Name"]):
        eventbridge._invoke_target(target, event, rule, view)


def _reject(operator: str, _: Any) -> None:
    raise eventbridge._InvalidPattern(f"The local AWS does not support {operator}")


def install() -> None:
    json_protocol.guard(eventbridge, "events", CHECKS)
    hooks.replace(eventbridge, "_invoke_target", lambda _: targets.invoke)
    hooks.replace(
        eventbridge,
        "start_scheduler",
        lambda _: lambda: ticker.watch("scheduled rules", _scheduled, _next_occurrence, _fire),
    )
    hooks.require(eventbridge, "_rules _targets _rule_key _pattern_event_view _InvalidPattern")
    validators = hooks.original(eventbridge, "_OPERAND_VALIDATORS")
    validators |= {name: partial(_reject, name) for name in validators if name not in OPERATORS}
    hooks.replace(
        eventbridge,
        "_validate_anything_but_nested",
        lambda _: lambda inner, operand: _reject(f"anything-but with {inner}", operand),
    )

"""Rules with a schedule: cron() in UTC, rate() from the rule's creation on."""

from __future__ import annotations

import uuid
from typing import Any

from ministack.services import eventbridge

from emulator.scheduler import expressions, ticker

Json = dict[str, Any]


def _scheduled() -> dict[ticker.Key, Json]:
    return {key: rule for key, rule in list(eventbridge._rules._data.items()) if rule.get("ScheduleExpression")}


def next_occurrence(rule: Json, after: float) -> float | None:
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
    for target in eventbridge._targets.get(eventbridge._rule_key(rule["Name"], "default"), []):
        eventbridge._invoke_target(target, event, rule, view)


def start() -> None:
    ticker.watch("scheduled rules", _scheduled, next_occurrence, _fire)

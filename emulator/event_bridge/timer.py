"""Rules with a schedule: cron() in UTC, rate() from the rule's creation on."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from ministack.services import eventbridge

from emulator.scheduler import expressions, ticker

Json = dict[str, Any]


_agenda = ticker.Agenda()


def fire_due(since: float, until: float) -> None:
    """Fire every enabled rule with an occurrence after `since`, up to `until`."""
    rules = {key: rule for key, rule in list(eventbridge._rules._data.items()) if rule.get("ScheduleExpression")}
    _agenda.keep(rules)
    for key, rule in rules.items():
        timing = rule["ScheduleExpression"], rule["CreationTime"], rule["State"]
        due = _agenda.due(key, timing, partial(next_occurrence, rule), since, until)
        if due is not None and rule["State"] == "ENABLED":
            ticker.run_in(key[0], key[1], partial(_fire, rule, eventbridge._targets._data.get(key, []), due))


def next_occurrence(rule: Json, after: float) -> float | None:
    expression = expressions.parse(rule["ScheduleExpression"])
    created = rule["CreationTime"]
    if isinstance(expression, expressions.Rate):
        after = max(after, created)  # the first run is one interval after the creation
    return expression.next_after(after, created)


def _fire(rule: Json, targets: list[Json], moment: float) -> None:
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
    for target in targets:
        eventbridge._invoke_target(target, event, rule, view)


def start() -> None:
    ticker.start("scheduled rules", fire_due)

"""Which schedules are due, and what becomes of those that are complete."""

from __future__ import annotations

import logging
from typing import Any

from ministack.services import scheduler

from emulator.scheduler import expressions, invocation, ticker

Json = dict[str, Any]
Key = tuple[str, str, str]
"""Account, region, "group/name"."""

_log = logging.getLogger("emulator.schedules")
_agenda = ticker.Agenda()
_ending: set[Key] = set()
"""Schedules whose last invocation is under way."""


def fire_due(since: float, until: float) -> None:
    """Fire every enabled schedule with an occurrence after `since`, up to `until`."""
    schedules = dict(scheduler._schedules._data)
    _agenda.keep(schedules)
    for key, schedule in schedules.items():
        try:
            _look_at(key, schedule, since, until)
        except Exception:
            _log.exception("schedule %s cannot be fired", schedule["Arn"])


def _look_at(key: Key, schedule: Json, since: float, until: float) -> None:
    parts = ("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "CreationDate", "State")
    timing = [schedule.get(part) for part in parts]
    due = _agenda.due(key, timing, lambda after: next_occurrence(schedule, after), since, until)
    if schedule["State"] != "ENABLED":
        return
    if due is not None:
        _fire(key, schedule, due)
    elif _agenda.is_over(key) and key not in _ending:
        _complete(key, schedule)


def next_occurrence(schedule: Json, after: float) -> float | None:
    """The first occurrence after `after`; StartDate and EndDate do not count for at().

    The flexible time window needs nothing: every schedule fires when its window opens.
    """
    expression = expressions.parse(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
    if isinstance(expression, expressions.At):
        return expression.next_after(after, 0)
    start, end = scheduler._to_epoch(schedule.get("StartDate")), scheduler._to_epoch(schedule.get("EndDate"))
    if start is not None:
        after = max(after, start - 1e-6)
    found = expression.next_after(after, schedule["CreationDate"] if start is None else start)
    return None if found is None or (end is not None and found > end) else found


def _fire(key: Key, schedule: Json, moment: float) -> None:
    is_last = _agenda.is_over(key)
    if is_last:
        _ending.add(key)

    def done() -> None:
        if is_last:
            _ending.discard(key)
            _complete(key, schedule)

    _log.info("schedule %s fires", schedule["Arn"])
    ticker.run_in(key[0], key[1], lambda: invocation.start(schedule, moment, done))


def _complete(key: Key, schedule: Json) -> None:
    """After the last invocation; a schedule that was replaced or changed meanwhile stays."""
    if schedule["ActionAfterCompletion"] == "DELETE" and scheduler._schedules._data.get(key) is schedule:
        del scheduler._schedules._data[key]


def start() -> None:
    ticker.start("schedules", fire_due)

"""Which schedules are due."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from ministack.services import scheduler

from emulator.scheduler import expressions, invocation, ticker

Json = dict[str, Any]
Key = tuple[str, str, str]
"""Account, region, "group/name"."""

_log = logging.getLogger("emulator.schedules")
_agenda = ticker.Agenda()


def fire_due(since: float, until: float) -> None:
    """Fire every enabled schedule with an occurrence after `since`, up to `until`."""
    schedules = dict(scheduler._schedules._data)
    _agenda.keep(schedules)
    for key, schedule in schedules.items():
        try:
            _fire_if_due(key, schedule, since, until)
        except Exception:
            _log.exception("schedule %s cannot be fired", schedule["Arn"])


def _fire_if_due(key: Key, schedule: Json, since: float, until: float) -> None:
    parts = ("ScheduleExpression", "ScheduleExpressionTimezone", "CreationDate", "State")
    timing = [schedule.get(part) for part in parts]
    due = _agenda.due(key, timing, partial(next_occurrence, schedule), since, until)
    if due is not None and schedule["State"] == "ENABLED":
        _log.info("schedule %s fires", schedule["Arn"])
        ticker.run_in(key[0], key[1], partial(invocation.start, schedule, due))


def next_occurrence(schedule: Json, after: float) -> float | None:
    """The first occurrence after `after`."""
    expression = expressions.parse(schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"])
    return expression.next_after(after, schedule["CreationDate"])


def start() -> None:
    ticker.start("schedules", fire_due)

"""Which schedules are due, and what becomes of those that are complete."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Any

from ministack.services import scheduler

from emulator.scheduler import expressions, invocation, ticker

Json = dict[str, Any]
Key = tuple[str, str, str]
"""Account, region, "group/name"."""

_log = logging.getLogger("emulator.schedules")
_next: dict[Key, tuple[tuple[Any, ...], float | None]] = {}
"""What a schedule says about time, and its next occurrence."""


def fire_due(since: float, until: float) -> None:
    """Fire every enabled schedule with an occurrence after `since`, up to `until`; several count as one."""
    schedules = dict(scheduler._schedules._data)
    for gone in _next.keys() - schedules.keys():
        del _next[gone]
    for key, schedule in schedules.items():
        try:
            _look_at(key, schedule, since, until)
        except Exception:
            _log.exception("schedule %s cannot be fired", schedule["Arn"])


def _look_at(key: Key, schedule: Json, since: float, until: float) -> None:
    parts = ("ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "CreationDate", "State")
    timing = tuple(schedule.get(part) for part in parts)
    known, due = _next.get(key, (None, None))
    if known != timing:
        due = next_occurrence(schedule, since)
        _next[key] = timing, due
    if schedule["State"] != "ENABLED":
        return
    if due is not None and due <= until:
        following = next_occurrence(schedule, until)
        _next[key] = timing, math.inf if following is None else following  # the last invocation still has to end
        _fire(key, schedule, due, following is None)
    elif due is None:
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


def _fire(key: Key, schedule: Json, moment: float, is_last: bool) -> None:
    done: Callable[[], None] = (lambda: _complete(key, schedule)) if is_last else (lambda: None)
    _log.info("schedule %s fires", schedule["Arn"])
    ticker.run_in(key[0], key[1], lambda: invocation.start(schedule, moment, done))


def _complete(key: Key, schedule: Json) -> None:
    """After the last invocation; a schedule that was replaced or changed meanwhile stays."""
    if schedule["ActionAfterCompletion"] == "DELETE" and scheduler._schedules._data.get(key) is schedule:
        del scheduler._schedules._data[key]


def start() -> None:
    ticker.start("schedules", fire_due)

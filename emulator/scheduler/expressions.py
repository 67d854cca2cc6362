"""Schedule expressions `at()`, `rate()` and `cron()`: their next occurrence.

The clock factor shortens rate(), and does not apply to the times of day in at() and cron().
"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ministack.services import eventbridge

from emulator import clock, hooks

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")
_CRON = re.compile(r"cron\(([0-9A-Z*,/-]+\s+){2}[0-9A-Z*,/?-]+\s+[0-9A-Z*,/-]+\s+[0-9A-Z*,/?#-]+\s+[0-9*,/-]+\)", re.I)
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class InvalidTimezone(ValueError):
    """The IANA database does not have the time zone."""


@dataclass(frozen=True)
class At:
    moment: float

    def next_after(self, moment: float, anchor: float) -> float | None:
        return self.moment if self.moment > moment else None


@dataclass(frozen=True)
class Rate:
    seconds: int

    def next_after(self, moment: float, anchor: float) -> float | None:
        """The first time after `moment` of `anchor`, `anchor` + interval, …"""
        interval = clock.shortened(self.seconds)
        return anchor + max(0, int((moment - anchor) // interval) + 1) * interval


@dataclass(frozen=True)
class Cron:
    fields: Any
    """The result of MiniStack's parser."""
    zone: ZoneInfo

    def next_after(self, moment: float, anchor: float) -> float | None:
        """None when there is no occurrence in the next four years.

        At a change to summer time, missing local times are skipped; of a repeated local time, the first one counts.
        """
        # MiniStack calculates in UTC: its arguments and results are local times marked as UTC.
        local: datetime | None = datetime.fromtimestamp(moment, self.zone).replace(tzinfo=timezone.utc)
        while local := eventbridge._cron_next_fire(self.fields, local):
            due: float = local.replace(tzinfo=self.zone).timestamp()
            exists = datetime.fromtimestamp(due, self.zone).replace(tzinfo=timezone.utc, fold=0) == local
            if exists and due > moment:
                return due
        return None


Expression = At | Rate | Cron


@lru_cache(maxsize=256)
def parse(text: str, timezone: str = "UTC") -> Expression:
    """ValueError for an invalid expression, InvalidTimezone for an unknown time zone."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTimezone(timezone) from None
    if rate := _RATE.fullmatch(text):
        if (rate[1] == "1") == bool(rate[3]):
            raise ValueError(f"{text}: the unit must be singular for the value 1, otherwise plural")
        return Rate(int(rate[1]) * _UNITS[rate[2]])
    if _CRON.fullmatch(text):
        return Cron(_cron_fields(text), zone)
    if once := _AT.fullmatch(text):
        return At(datetime.fromisoformat(once[1]).replace(tzinfo=zone).timestamp())
    raise ValueError(f"{text} is not at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(six fields)")


def _cron_fields(text: str) -> Any:
    """MiniStack's fields, after checks of their values."""
    fields = eventbridge._parse_cron_fields(text)
    if fields is None:
        raise ValueError(f"{text}: a field cannot be parsed")
    minutes, hours, month_days, months, weekdays, years, month_day, weekday = fields
    if (month_day == "?") == (weekday == "?") or ("#" in weekday and "," in weekday):
        raise ValueError(f"{text}: exactly one of day-of-month and day-of-week must be ?, and # excludes lists")
    numbers = (
        *((minutes, 0, 59), (hours, 0, 23), (months, 1, 12), ({1970} if years is None else years, 1970, 2199)),
        *(
            (days["days"] or {1} if any(days.values()) else (), 1, most)
            for days, most in ((month_days, 31), (weekdays, 7))
        ),
    )
    for found, least, most in numbers:
        if not found or min(found) < least or max(found) > most:
            raise ValueError(f"{text}: a field is not from {least} to {most}")
    return fields


def _nearest_weekday(theirs: Any, year: int, month: int, day: int) -> int:
    """`31W` does not occur in months with 30 days."""
    return int(theirs(year, month, day)) if day <= calendar.monthrange(year, month)[1] else 0


def install() -> None:
    hooks.wrap(eventbridge, "_nearest_weekday", _nearest_weekday)
    hooks.require(eventbridge, "_cron_next_fire _parse_cron_fields")

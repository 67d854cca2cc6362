"""Schedule expressions `at()`, `rate()` and `cron()`: when is the next occurrence?

The clock factor shortens rate(), which is a wait between runs. at() and cron() name times of day: they stay real.
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
    """The IANA database has no such time zone."""


@dataclass(frozen=True)
class At:
    moment: float

    def next_after(self, moment: float, anchor: float) -> float | None:
        return self.moment if self.moment > moment else None


@dataclass(frozen=True)
class Rate:
    seconds: int

    def next_after(self, moment: float, anchor: float) -> float | None:
        """The first of `anchor`, `anchor` + interval, … after `moment`."""
        interval = clock.shortened(self.seconds)
        return anchor + max(0, int((moment - anchor) // interval) + 1) * interval


@dataclass(frozen=True)
class Cron:
    fields: Any
    """As MiniStack's parser returns them."""
    zone: ZoneInfo

    def next_after(self, moment: float, anchor: float) -> float | None:
        """None when there is none in the next four years.

        A local time that a change to summer time skips is skipped; one that occurs twice counts the first time.
        """
        # MiniStack counts in UTC: it gets and gives local times that are called UTC.
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
    """ValueError unless `text` is an expression that AWS takes, InvalidTimezone for an unknown time zone."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTimezone(timezone) from None
    if rate := _RATE.fullmatch(text):
        if (rate[1] == "1") == bool(rate[3]):
            raise ValueError(f"{text}: the unit has an s exactly when the value is not 1")
        return Rate(int(rate[1]) * _UNITS[rate[2]])
    if _CRON.fullmatch(text):
        return Cron(_cron_fields(text), zone)
    if once := _AT.fullmatch(text):
        return At(datetime.fromisoformat(once[1]).replace(tzinfo=zone).timestamp())
    raise ValueError(f"{text} is none of at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(six fields)")


def _cron_fields(text: str) -> Any:
    """MiniStack's fields, once they are within the bounds that it does not check."""
    fields = eventbridge._parse_cron_fields(text)
    if fields is None:
        raise ValueError(f"{text}: a field cannot be read")
    minutes, hours, month_days, months, weekdays, years, month_day, weekday = fields
    if (month_day == "?") == (weekday == "?") or ("#" in weekday and "," in weekday):
        raise ValueError(f"{text}: exactly one of day-of-month and day-of-week must be ?, and # stands alone")
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


def _in_a_month_that_has_the_day(theirs: Any) -> Any:
    """`31W` means no day of a month that has 30."""

    def nearest_weekday(year: int, month: int, day: int) -> int:
        return int(theirs(year, month, day)) if day <= calendar.monthrange(year, month)[1] else 0

    return nearest_weekday


def install() -> None:
    hooks.replace(eventbridge, "_nearest_weekday", _in_a_month_that_has_the_day)
    hooks.require(eventbridge, "_cron_next_fire _parse_cron_fields")

"""AWS's cron expressions: six fields in a time zone, with `?`, `L`, `W` and `#`."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}

OnDay = Callable[[date], bool]


@dataclass(frozen=True)
class Cron:
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: frozenset[int]
    is_day: OnDay

    def next_after(self, moment: float, zone: ZoneInfo) -> float | None:
        """The first occurrence after `moment`, both in seconds since 1970; None when there is none left.

        A local time that a change to summer time skips is skipped; one that happens twice counts the first time.
        """
        first = datetime.fromtimestamp(moment, zone).date()
        for year in range(first.year, max(self.years) + 1):
            for month in sorted(self.months) if year in self.years else ():
                for number in range(1, calendar.monthrange(year, month)[1] + 1):
                    day = date(year, month, number)
                    if day >= first and self.is_day(day):
                        found = self._first_after(moment, day, zone)
                        if found is not None:
                            return found
        return None

    def _first_after(self, moment: float, day: date, zone: ZoneInfo) -> float | None:
        times = (time(hour, minute) for hour in self.hours for minute in self.minutes)
        instants = (_instant(datetime.combine(day, at_time), zone) for at_time in times)
        return next((found for found in instants if found is not None and found > moment), None)


def parse(fields: str) -> Cron:
    """The expression between `cron(` and `)`; ValueError says which field is wrong."""
    parts = fields.upper().split()
    if len(parts) != 6:
        raise ValueError(f"it has {len(parts)} fields, not 6")
    minutes, hours, month_days, months, weekdays, years = parts
    if (month_days == "?") == (weekdays == "?"):
        raise ValueError("exactly one of day-of-month and day-of-week must be ?")
    return Cron(
        tuple(sorted(_numbers(minutes, 0, 59))),
        tuple(sorted(_numbers(hours, 0, 23))),
        _numbers(months, 1, 12, _MONTHS),
        _numbers(years, 1970, 2199),
        _any(month_days, _month_day) if weekdays == "?" else _any(weekdays, _weekday),
    )


def _instant(local: datetime, zone: ZoneInfo) -> float | None:
    seconds = local.replace(tzinfo=zone).timestamp()
    exists = datetime.fromtimestamp(seconds, zone).replace(tzinfo=None, fold=0) == local
    return seconds if exists else None


def at(local: datetime, zone: ZoneInfo) -> float:
    """Seconds since 1970 of a local time; one that a change to summer time skips is taken with the old offset."""
    return local.replace(tzinfo=zone).astimezone(timezone.utc).timestamp()


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start = low if span == "*" else _number(first, low, high, names)
        end = high if span == "*" or (step and not dash) else _number(last or first, low, high, names)
        if start > end or ("/" in part and not re.fullmatch(r"[1-9]\d*", step)):
            raise ValueError(f"{part} is no range or step")
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, low: int, high: int, names: dict[str, int] | None) -> int:
    number = (names or {}).get(text, int(text) if re.fullmatch(r"\d{1,4}", text) else -1)
    if not low <= number <= high:
        raise ValueError(f"{text or 'nothing'} is not from {low} to {high}")
    return number


def _any(field: str, parse_part: Callable[[str], OnDay]) -> OnDay:
    if "#" in field and "," in field:
        raise ValueError(f"{field} is a list: # stands alone")
    tests = [parse_part(part) for part in field.split(",")]
    return lambda day: any(test(day) for test in tests)


def _month_day(part: str) -> OnDay:
    if part == "L":
        return lambda day: day.day == _last(day)
    if part == "LW":
        return lambda day: day == _nearest_weekday(day.replace(day=_last(day)))
    if part.endswith("W"):
        wanted = _number(part[:-1], 1, 31, None)
        return lambda day: wanted <= _last(day) and day == _nearest_weekday(day.replace(day=wanted))
    days = _numbers(part, 1, 31)
    return lambda day: day.day in days


def _weekday(part: str) -> OnDay:
    if "#" in part:
        name, _, count = part.partition("#")
        weekday, nth = _number(name, 1, 7, _WEEKDAYS), _number(count, 1, 5, None)
        return lambda day: _number_of(day) == weekday and (day.day - 1) // 7 + 1 == nth
    if len(part) > 1 and part.endswith("L"):
        weekday = _number(part[:-1], 1, 7, _WEEKDAYS)
        return lambda day: _number_of(day) == weekday and day.day + 7 > _last(day)
    days = frozenset({7}) if part == "L" else _numbers(part, 1, 7, _WEEKDAYS)
    return lambda day: _number_of(day) in days


def _number_of(day: date) -> int:
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date) -> date:
    """The working day nearest to `day` in the same month."""
    shift = {6: -1, 7: 1}.get(day.isoweekday(), 0)
    if shift == -1 and day.day == 1:
        shift = 2
    elif shift == 1 and day.day == _last(day):
        shift = -2
    return day + timedelta(days=shift)

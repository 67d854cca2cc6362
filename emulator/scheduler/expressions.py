"""Schedule expressions `at()`, `rate()` and `cron()`: when is the next occurrence?

The clock factor shortens rate(), which is a wait between runs. at() and cron() name times of day: they stay real.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from emulator import clock
from emulator.scheduler import cron

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)")


class InvalidTimezone(ValueError):
    """No such time zone in the IANA database."""


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
class CronIn:
    fields: cron.Cron
    zone: ZoneInfo

    def next_after(self, moment: float, anchor: float) -> float | None:
        return self.fields.next_after(moment, self.zone)


Expression = At | Rate | CronIn


@lru_cache(maxsize=256)
def parse(text: str, timezone: str = "UTC") -> Expression:
    """ValueError unless `text` is an expression that AWS takes, InvalidTimezone for an unknown time zone."""
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTimezone(timezone) from None
    rate = _RATE.fullmatch(text)
    if rate:
        value, unit, plural = int(rate[1]), rate[2], rate[3]
        if (value == 1) == bool(plural):
            raise ValueError(f"rate({value} {unit}{plural}): the unit has an s exactly when the value is not 1")
        return Rate(value * _UNITS[unit])
    if text.startswith("cron(") and text.endswith(")"):
        return CronIn(cron.parse(text[5:-1]), zone)
    once = re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", text)
    if once is None:
        raise ValueError("it is none of at(yyyy-mm-ddThh:mm:ss), rate(value unit), cron(six fields)")
    return At(cron.at(datetime.fromisoformat(once[1]), zone))

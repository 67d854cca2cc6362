"""A thread that tells what became due since it last looked."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region

TICK_SECONDS = 0.2
_log = logging.getLogger("emulator.schedules")


Json = dict[str, Any]
Key = tuple[str, str, Any]
"""Account, region, and what MiniStack keeps an item under."""
TIMING = ("ScheduleExpression", "ScheduleExpressionTimezone", "CreationDate", "CreationTime", "State")


def watch(
    name: str,
    items: Callable[[], Mapping[Key, Json]],
    following: Callable[[Json, float], float | None],
    fire: Callable[[Json, float], None],
) -> None:
    """Call `fire(item, occurrence)` for each enabled item that is due; several occurrences in a tick count as one.

    `following(item, moment)` gives the first occurrence after a moment. Finding a rare one takes long, so it is found
    once, until the item's TIMING changes.
    """
    agenda: dict[Key, tuple[list[Any], float | None]] = {}

    def fire_due(since: float, until: float) -> None:
        present = items()
        for gone in agenda.keys() - present.keys():
            del agenda[gone]
        for key, item in present.items():
            try:
                timing = [item.get(part) for part in TIMING]
                known, occurrence = agenda.get(key, (None, None))
                if known != timing:
                    occurrence = following(item, since)
                agenda[key] = timing, occurrence
                if occurrence is None or occurrence > until:
                    continue
                agenda[key] = timing, following(item, until)
                if item["State"] == "ENABLED":
                    _log.info("%s fires", item["Arn"])
                    run_in(key[0], key[1], partial(fire, item, occurrence))
            except Exception:
                _log.exception("%s cannot be fired", item["Arn"])

    start(name, fire_due)


def start(name: str, fire_due: Callable[[float, float], None]) -> None:
    """Call `fire_due(since, until)` (seconds since 1970) again and again, each time for the interval after the last.

    What fell due while the emulator was stopped is not made up for: the first interval begins now.
    """

    def tick() -> None:
        since = time.time()
        while True:
            time.sleep(TICK_SECONDS)
            until = time.time()
            try:
                fire_due(since, until)
            except Exception:
                _log.exception("%s failed", name)
            since = until

    threading.Thread(target=tick, name=name, daemon=True).start()


def run_in(account: str, region: str, act: Callable[[], None]) -> None:
    """Call `act` as MiniStack's request of this account and region would run."""

    def run() -> None:
        set_request_account_id(account)
        set_request_region(region)
        act()

    contextvars.copy_context().run(run)

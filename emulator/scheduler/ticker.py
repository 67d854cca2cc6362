"""Threads that periodically run due work."""

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region

from emulator.models import Json

TICK_SECONDS = 0.2
_log = logging.getLogger("emulator.schedules")

Key = tuple[str, str, Any]
"""Account, region and MiniStack's key of an item."""


def watch(
    name: str,
    items: Callable[[], Mapping[Key, Json]],
    following: Callable[[Json, float], float | None],
    fire: Callable[[Json, float], None],
) -> None:
    """Call `fire(item, occurrence)` for each enabled item that is due, at most once per tick.

    `following(item, moment)` returns the first occurrence after a moment.
    """

    def fire_due(since: float, until: float) -> None:
        for (account, region, _), item in items().items():
            try:
                occurrence = following(item, since) if item["State"] == "ENABLED" else None
                if occurrence is not None and occurrence <= until:
                    _log.info("%s is due", item["Arn"])
                    run_in(account, region, partial(fire, item, occurrence))
            except Exception:
                _log.exception("%s could not be started", item["Arn"])

    start(name, fire_due)


def start(name: str, fire_due: Callable[[float, float], None]) -> None:
    """Periodically call `fire_due(since, until)` (seconds since 1970) for adjacent intervals.

    The first interval starts now: occurrences while the emulator was stopped are skipped.
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
    """Call `act` in the context of a request of this account and region."""

    def run() -> None:
        set_request_account_id(account)
        set_request_region(region)
        act()

    contextvars.copy_context().run(run)

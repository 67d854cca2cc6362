"""A thread that tells what became due since it last looked."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region

TICK_SECONDS = 0.2
_log = logging.getLogger("emulator.schedules")


class Agenda:
    """The next occurrence of each item. Finding a rare one takes long, so it is found once."""

    def __init__(self) -> None:
        self._next: dict[Hashable, tuple[Any, float | None]] = {}

    def keep(self, keys: Iterable[Hashable]) -> None:
        """Forget every item but these."""
        for gone in self._next.keys() - set(keys):
            del self._next[gone]

    def due(
        self, key: Hashable, timing: Any, following: Callable[[float], float | None], since: float, until: float
    ) -> float | None:
        """The first occurrence after `since`, when it is not after `until`; several in that interval count as one.

        `following(moment)` gives the first occurrence after a moment; its answers hold until `timing` changes.
        """
        known, occurrence = self._next.get(key, (None, None))
        if known != timing:
            occurrence = following(since)
        is_due = occurrence is not None and occurrence <= until
        self._next[key] = timing, following(until) if is_due else occurrence
        return occurrence if is_due else None


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

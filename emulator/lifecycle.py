"""What runs when the emulator ends in an orderly way: child processes are stopped before the last save."""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger("emulator")
_on_stop: list[Callable[[], None]] = []


def on_stop(stop: Callable[[], None]) -> None:
    """Call `stop` once when the emulator ends; the last one registered is called first."""
    _on_stop.append(stop)


def stop_all() -> None:
    """Run every registered function; one that fails is logged and does not keep the others from running."""
    while _on_stop:
        stop = _on_stop.pop()
        try:
            stop()
        except Exception:
            _log.exception("while stopping: %s.%s", stop.__module__, stop.__qualname__)

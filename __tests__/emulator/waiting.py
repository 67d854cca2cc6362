"""Waits for background work."""

import contextlib
import time
from collections.abc import Callable, Collection
from typing import TypeVar

TIMEOUT_SECONDS = 300
"""The time limit of waits, which a busy machine does not reach."""

Found = TypeVar("Found")


def eventually(probe: Callable[[], Found | None], what: str | Callable[[], object] = "it") -> Found:
    """The first true result of `probe`. AssertionError with `what` after the time limit."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what if isinstance(what, str) else what()} did not happen")


class TooLate(Exception):
    """The machine was too slow for a time limit that cannot be extended."""


def in_time(attempt: Callable[[int], Found]) -> Found:
    """The result of `attempt(seconds)`, repeated with a longer time after TooLate."""
    for seconds in (2, 4, 8, 16, 32):
        with contextlib.suppress(TooLate):
            return attempt(seconds)
    return attempt(64)


def until_state(
    get: Callable[[], Found], state_of: Callable[[Found], str], wanted: Collection[str], ended: Collection[str] = ()
) -> Found:
    """Wait for a state in `wanted`; returns the result of `get`. AssertionError for another state in `ended`."""

    def reached() -> Found | None:
        found = get()
        state = state_of(found)
        assert state in wanted or state not in ended, found
        return found if state in wanted else None

    return eventually(reached, lambda: f"{wanted} in {get()}")

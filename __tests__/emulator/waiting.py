"""Waiting for what happens in the background."""

import contextlib
import time
from collections.abc import Callable, Collection
from typing import TypeVar

TIMEOUT_SECONDS = 300
"""How long a test waits before it calls something hung: far longer than anything takes on a busy machine."""

Found = TypeVar("Found")


def eventually(probe: Callable[[], Found | None], what: str | Callable[[], object] = "it") -> Found:
    """The first true answer of `probe`; AssertionError that says `what` when there is none."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.03)
    raise AssertionError(f"{what if isinstance(what, str) else what()} did not happen")


class TooLate(Exception):
    """The machine was too slow to do something before a moment that does not wait."""


def in_time(attempt: Callable[[int], Found]) -> Found:
    """What `attempt(seconds)` makes, given that many seconds for what must come first: ever more, after TooLate."""
    for seconds in (2, 4, 8, 16, 32):
        with contextlib.suppress(TooLate):
            return attempt(seconds)
    return attempt(64)


def until_state(
    get: Callable[[], Found], state_of: Callable[[Found], str], wanted: Collection[str], ended: Collection[str] = ()
) -> Found:
    """What `get` finds once its state is among `wanted`; AssertionError when it ends in another."""

    def there() -> Found | None:
        found = get()
        state = state_of(found)
        assert state in wanted or state not in ended, found
        return found if state in wanted else None

    return eventually(there, lambda: f"{wanted} in {get()}")

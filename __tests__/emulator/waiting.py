"""Waiting for what happens in the background."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_SECONDS = 30

Found = TypeVar("Found")


def eventually(probe: Callable[[], Found], what: str = "it") -> Found:
    """The first true answer of `probe`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen")

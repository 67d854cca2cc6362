"""State that survives a restart and a kill -9: every service's state as a JSON file, saved every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

State = dict[str, Any]

_participants: dict[str, tuple[Callable[[], State], Callable[[State], None]]] = {}


def register(key: str, get_state: Callable[[], State], load_state: Callable[[State], None]) -> None:
    """Save `get_state()` as DIR/services/`key`.json and give it to `load_state` at the next start.

    `get_state` returns a JSON-serializable copy (or holds its own lock): it is called from the saving thread.
    """
    _participants[key] = (get_state, load_state)

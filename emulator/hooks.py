"""Replaces names inside MiniStack.

All replacements use this module. The emulator does not start when a replaced name no longer exists, so an upgrade of
MiniStack is checked at start-up.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any

MINISTACK_VERSION = "1.5.33"


class HookError(RuntimeError):
    """A name that the emulator replaces does not exist in MiniStack."""


def require_version() -> None:
    """Raise HookError unless the supported version of MiniStack is installed."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise HookError(
            f"ministack {found} is installed, but the hooks in emulator/ require {MINISTACK_VERSION}. "
            "Run the contract tests against the new version, then change MINISTACK_VERSION in emulator/hooks.py."
        )


def original(owner: ModuleType | type, name: str) -> Any:
    """The value of `owner.name`. HookError when it does not exist."""
    try:
        return getattr(owner, name)
    except AttributeError:
        raise HookError(
            f"{owner.__name__}.{name} does not exist in ministack {version('ministack')}: rewrite its hook."
        ) from None


def replace(owner: ModuleType | type, name: str, make: Callable[[Any], Any]) -> None:
    """Set `owner.name` to `make(old value)`."""
    setattr(owner, name, make(original(owner, name)))


def wrap(owner: ModuleType, name: str, ours: Callable[..., Any]) -> None:
    """Let `ours(old value, *arguments)` serve the calls of `owner.name`."""
    replace(owner, name, lambda theirs: partial(ours, theirs))


def require(owner: ModuleType | type, names: str) -> None:
    """HookError unless each of these names exists."""
    for name in names.split():
        original(owner, name)

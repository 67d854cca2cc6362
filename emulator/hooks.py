"""The only place that replaces names inside MiniStack.

Every replacement goes through `replace`, which refuses to start the emulator when the name is gone:
an upgrade of MiniStack is then checked in one place, at start-up, and not by a green run that proves nothing.
"""

from collections.abc import Callable
from importlib.metadata import version
from types import ModuleType
from typing import Any

MINISTACK_VERSION = "1.5.33"


class HookError(RuntimeError):
    """A name of MiniStack that we replace does not exist (any more)."""


def require_version() -> None:
    """Fail unless the MiniStack that is installed is the one the hooks were written for."""
    found = version("ministack")
    if found != MINISTACK_VERSION:
        raise HookError(
            f"ministack {found} is installed, but the hooks in emulator/ were written for {MINISTACK_VERSION}. "
            "Run the contract tests against the new version, then change MINISTACK_VERSION in emulator/hooks.py."
        )


def original(owner: ModuleType | type, name: str) -> Any:
    """The present value of `owner.name`; HookError when MiniStack no longer has it."""
    try:
        return getattr(owner, name)
    except AttributeError:
        raise HookError(
            f"{owner.__name__}.{name} does not exist in ministack {version('ministack')}: "
            "the hook on it must be rewritten."
        ) from None


def replace(owner: ModuleType | type, name: str, make: Callable[[Any], Any]) -> None:
    """Set `owner.name` to `make(old value)`."""
    setattr(owner, name, make(original(owner, name)))


def require(owner: ModuleType | type, names: str) -> None:
    """HookError unless MiniStack has each of these names, which our code uses as they are."""
    for name in names.split():
        original(owner, name)

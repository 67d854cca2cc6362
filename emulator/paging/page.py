"""One page of a list, and the token that leads to the next."""

from __future__ import annotations

import base64
import operator
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


class InvalidToken(ValueError):
    """The token was not given by a list."""


def page(
    items: Iterable[Item], identity: Callable[[Item], str], token: str | None, size: int, *, descending: bool = False
) -> tuple[list[Item], str | None]:
    """The next `size` items in the order of `identity`, and the token of what follows; None when nothing does.

    The token names the last item of its page, so that nothing is left out when items are deleted between two pages.
    InvalidToken when `token` is not one.
    """
    after = _decode(token) if token else None
    is_behind = operator.lt if descending else operator.gt
    behind = (item for item in items if after is None or is_behind(identity(item), after))
    rest = sorted(behind, key=identity, reverse=descending)
    return rest[:size], _encode(identity(rest[size - 1])) if len(rest) > size else None


def _encode(identity: str) -> str:
    return base64.urlsafe_b64encode(identity.encode()).decode()


def _decode(token: str) -> str:
    try:
        after = base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        raise InvalidToken(token) from None
    if _encode(after) != token:
        raise InvalidToken(token)
    return after

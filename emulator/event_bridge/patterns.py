"""Event patterns where MiniStack is not as AWS was seen to be (see "Measured against AWS" in docs/emulator.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge

from emulator import hooks

MAX_STARS = 3
"""AWS took two of them in one wildcard and found six too complex; where between the limit is, nobody has written."""

Check = Callable[..., None]


def _bounded(theirs: Check) -> Check:
    def validate_wildcard(operand: Any) -> None:
        theirs(operand)
        if operand.count("*") > MAX_STARS:
            raise eventbridge._InvalidPattern(
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
                "after a wildcard character"
            )

    return validate_wildcard


def _not_nested_further(theirs: Check) -> Check:
    def validate_nested(inner: str, operand: Any) -> None:
        if isinstance(operand, dict):
            raise eventbridge._InvalidPattern("Value of anything-but must be an array or single string/number value.")
        theirs(inner, operand)

    return validate_nested


def _text_stays_text(theirs: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """In TestEventPattern a `detail` that is a string is no object, also when it holds JSON."""

    def event_from(payload: dict[str, Any]) -> Any:
        detail = payload.get("detail")
        return theirs({**payload, "detail": json.dumps(detail)} if isinstance(detail, str) else payload)

    return event_from


def install() -> None:
    hooks.replace(eventbridge, "_validate_wildcard", _bounded)
    hooks.original(eventbridge, "_OPERAND_VALIDATORS")["wildcard"] = eventbridge._validate_wildcard
    hooks.replace(eventbridge, "_validate_anything_but_nested", _not_nested_further)
    hooks.replace(eventbridge, "_event_from_test_payload", _text_stays_text)

"""InputPath of a target: the part of an event that it receives."""

from __future__ import annotations

from typing import Any

from ministack.services import stepfunctions

from emulator import hooks

MISSING = object()


def look_up(path: str, event: Any) -> Any:
    """What `path` finds in `event`, a list when it has `[*]`, MISSING when it finds nothing.

    ValueError when the syntax is not supported here.
    """
    tokens = [] if path == "$" else stepfunctions._parse_jsonpath_tokens(path)
    if not path.startswith("$") or tokens is None:
        raise ValueError(f"The local AWS does not support the path '{path}'. Use fields, indexes and [*].")
    found = [event]
    for kind, key in tokens:
        found = [part for value in found for part in _step(kind, key, value)]
    if any(kind == "wildcard" for kind, _ in tokens):
        return found
    return found[0] if found else MISSING


def _step(kind: str, key: Any, value: Any) -> list[Any]:
    if kind == "wildcard":
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if kind == "field":
        return [value[key]] if isinstance(value, dict) and key in value else []
    return [value[key]] if isinstance(value, list) and key < len(value) else []


hooks.original(stepfunctions, "_parse_jsonpath_tokens")

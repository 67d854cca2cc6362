"""Histories of executions as text to compare: one line per event, with everything in it that AWS determines."""

import json
import re
from typing import Any

VOLATILE = {"timestamp", "roleArn", "StartTime", "EnteredTime", "RoleArn", "Id", "Name"}
"""Members that differ from one run to the next."""
WHOLE = {"truncated": False}
_PLACEHOLDER = re.compile(r"<[^<>]*>")


def lines(history: list[dict[str, Any]]) -> list[str]:
    """Each event as "id previous type details"; details without the members that say that nothing was cut off."""
    return [_line(event) for event in history]


def _line(event: dict[str, Any]) -> str:
    details = next((dict(value) for name, value in event.items() if name.endswith("EventDetails")), {})
    for name in ("input", "output", "assignedVariables"):
        if name in details and details.get(f"{name}Details") == WHOLE:
            del details[f"{name}Details"]
        elif name in details:
            details["cut"] = f"no {name}Details"
    details = {name: value for name, value in sorted(details.items()) if name not in VOLATILE}
    text = json.dumps(details, ensure_ascii=False) if details else ""
    return f"{event['id']} {event['previousEventId']} {event['type']} {text}".rstrip()


def parsed(value: Any) -> Any:
    """`value` with the JSON in its strings as data, as the recordings have it."""
    if isinstance(value, dict):
        return {name: parsed(item) for name, item in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        return [parsed(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return parsed(json.loads(value))
        except ValueError:
            return value
    return value


def fits(recorded: Any, seen: Any) -> bool:
    """Whether `seen` is what was recorded, where `<…>` stands for any text."""
    if isinstance(recorded, str) and "<" in recorded:
        pattern = ".*".join(re.escape(piece) for piece in _PLACEHOLDER.split(recorded))
        return isinstance(seen, str) and re.fullmatch(pattern, seen, re.DOTALL) is not None
    if isinstance(recorded, dict) and isinstance(seen, dict):
        return recorded.keys() == seen.keys() and all(fits(recorded[name], seen[name]) for name in recorded)
    if isinstance(recorded, list) and isinstance(seen, list):
        return len(recorded) == len(seen) and all(map(fits, recorded, seen))
    return bool(recorded == seen) and isinstance(recorded, bool) == isinstance(seen, bool)

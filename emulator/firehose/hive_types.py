"""The Hive types of our tables, and how Firehose's OpenX JSON SerDe reads a JSON value into each.

Sources: values that were tried on AWS (see docs/emulator.md), then the SerDe's own source (rcongiu/Hive-JSON-Serde).
What neither shows is refused. Every value that comes out of a reader is one that Arrow takes for that type.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def _text(value: Any) -> str:
    """Numbers and booleans as Java writes them, objects and arrays as compact JSON."""
    text = value if isinstance(value, str) else _written(value)
    text.encode()  # UnicodeEncodeError, a ValueError, for a surrogate without its other half
    return text


def _written(value: Any) -> str:
    if isinstance(value, float):
        return _java_double(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} does not fit into 64 bits")
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _java_double(value: float) -> str:
    """Double.toString: 0.5, but 1.0E7 and 1.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
    return f"{float(digits)!r}E{int(exponent)}"


def _int(value: Any) -> int:
    number = int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value
    if type(number) is not int or not -(2**31) <= number < 2**31:
        raise _not_a_number(value)
    return number


def _double(value: Any) -> float:
    if isinstance(value, bool) or not (isinstance(value, (int, float)) or _NUMBER.fullmatch(str(value))):
        raise _not_a_number(value)
    number = float(value)
    if not math.isfinite(number):
        raise _not_a_number(value)
    return number


def _not_a_number(value: Any) -> ValueError:
    return ValueError(f"For input string: {json.dumps(str(value))}")


READERS: dict[str, Callable[[Any], Any]] = {"string": _text, "int": _int, "double": _double}
"""Hive type → reader of a JSON value other than null: ValueError or OverflowError when it does not fit."""

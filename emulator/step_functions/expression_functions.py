"""Functions of Step Functions in JSONata, and replacements of functions that differ from JSONata 2.0.6."""

import hashlib
import math
import re
from datetime import date
from functools import partial
from typing import Any

import jsonata  # type: ignore[import-untyped]
from jsonata.functions import Functions  # type: ignore[import-untyped]
from jsonata.jexception import JException  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
UNSUPPORTED = ("partition", "range", "random", "uuid", "parse")
"""Functions that the workflows do not use."""

_ISO_8601 = re.compile(
    r"(\d{4})(?:-([01]\d))?(?:-([0-3]\d))?(?:T([0-2]\d):([0-5]\d):([0-5]\d))?(?:\.(\d+))?"
    r"(?:([+-])([0-2]\d):?([0-5]\d)|Z)?",
    re.ASCII,
)
"""The timestamps of $toMillis in JSONata 2.0.6. jsonata-python accepts those of Python, which depend on its version."""
_FIRST = {2: 1, 3: 1}
"""Defaults of the groups for month and day."""
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS_OF_CYCLE = 146_097


def _hash(text: str | None, algorithm: str | None = None) -> str | None:
    if text is None or algorithm is None:
        return None
    if algorithm not in _HASHES:
        raise JException("D3137", 0, f"Unsupported algorithm: {algorithm}. Use one of {', '.join(_HASHES)}")
    return hashlib.new(_HASHES[algorithm], text.encode()).hexdigest()


def _to_millis(timestamp: str | None, picture: str | None = None) -> Any:
    if timestamp is None or picture is not None:
        return Functions.datetime_to_millis(timestamp, picture)
    found = _ISO_8601.fullmatch(timestamp)
    if found is None:
        raise JException("D3110", 0, timestamp)
    return _milliseconds(found)


def _milliseconds(found: re.Match[str]) -> float:
    """JavaScript's Date.parse in UTC; NaN when a part is out of its range. Day 31 is valid in all months."""
    year, month, day, hour, minute, second = (int(found[group] or _FIRST.get(group, 0)) for group in range(1, 7))
    offset_hours, offset_minutes = int(found[9] or 0), int(found[10] or 0)
    milliseconds = int(f"{found[7] or ''}000"[:3])
    is_midnight = hour == 24 and (minute, second, milliseconds) == (0, 0, 0)
    if not (1 <= month <= 12 and 1 <= day <= 31 and (hour < 24 or is_midnight) and offset_hours < 24):
        return math.nan
    # Python has no year 0: the calendar repeats after 400 years.
    cycles, year_of_cycle = divmod(year, 400)
    days = date(400 + year_of_cycle, month, 1).toordinal() + day - 1 + (cycles - 1) * _DAYS_OF_CYCLE - _EPOCH
    minutes = offset_hours * 60 + offset_minutes
    seconds = days * 86_400 + hour * 3600 + minute * 60 + second - (-minutes if found[8] == "-" else minutes) * 60
    return seconds * 1000 + milliseconds


def _number(value: Any = None) -> Any:
    try:
        return Functions.number(value)
    except (ValueError, TypeError):
        raise JException("D3030", 0, value) from None


def _replace(text: str | None, pattern: Any, replacement: Any, limit: float | None = None) -> Any:
    if hasattr(pattern, "search") and pattern.search("") is not None and pattern.search("").group() == "":
        raise JException("D1004", 0)
    return Functions.replace(text, pattern, replacement, limit)


_FUNCTIONS = {
    "hash": (_hash, "<ss?:s>"),
    "toMillis": (_to_millis, "<s-s?:n>"),
    "number": (_number, "<(nsb)-:n>"),
    "replace": (_replace, "<s-(sf)(sf)n?:s>"),
}


def _reject(name: str, *_: Any) -> Any:
    raise JException("D3137", 0, f"The local AWS does not support ${name}")


class _Function(jsonata.Jsonata.JFunction):  # type: ignore[misc]
    """A Python function with a JSONata signature; null is invalid for all arguments."""

    def __init__(self, name: str, implementation: Any, signature: str) -> None:
        super().__init__(None, signature)
        self._name = name
        self._implementation = implementation

    def call(self, _: Any, arguments: Any) -> Any:
        for index, argument in enumerate(arguments or ()):
            if argument is Utils.NULL_VALUE:
                raise JException("T0410", 0, index + 1, self._name)
        return self._implementation(*(arguments or ()))

    def get_number_of_args(self) -> int:
        return int(self.signature.get_number_of_args())


def register(environment: Any) -> None:
    """Bind the functions in the environment of a parsed expression, and remove $eval."""
    environment.bind("eval", None)
    for name, (implementation, signature) in _FUNCTIONS.items():
        environment.bind(name, _Function(name, implementation, signature))
    for name in UNSUPPORTED:
        environment.bind(name, _Function(name, partial(_reject, name), "<x?x?x?:x>"))

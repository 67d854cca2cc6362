"""The functions that Step Functions adds to JSONata, and those of the engine that differ from JSONata 2.0.6.

Behaviour at the edges (rounding towards zero, undefined for a step of 0) as measured on AWS by the floci project,
issues 2675, 2668 and 2737.
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from typing import Any

import jsonata  # type: ignore[import-untyped]
from jsonata.functions import Functions  # type: ignore[import-untyped]
from jsonata.jexception import JException  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_48_BITS = (1 << 48) - 1
MAX_RANGE = 360_145
"""AWS's bound on the memory of an expression, as the longest range that it returns."""


def _partition(array: list[Any] | None, size: float | None = None) -> Any:
    if not array:
        return None
    length = len(array) if size is None else int(size)
    if length < 0:
        raise JException("D3137", 0, "Second argument must be zero or greater")
    return [array[at : at + length] for at in range(0, len(array), length)] if length else None


def _range(start: float | None, end: float | None, step: float | None = None) -> Any:
    if start is None or end is None or step is None or not int(step):
        return None
    first, last, by = int(start), int(end), int(step)
    numbers = range(first, last + (1 if by > 0 else -1), by)
    if len(numbers) > MAX_RANGE:
        raise MemoryError("Expression evaluation memory limit exceeded: Check for excessive memory usage")
    return Utils.create_sequence_from_iter(numbers) if numbers else None


def _hash(text: str | None, algorithm: str | None = None) -> str | None:
    if text is None or algorithm is None:
        return None
    if algorithm not in _HASHES:
        raise JException("D3137", 0, f"Unsupported algorithm: {algorithm}. Use one of {', '.join(_HASHES)}")
    return hashlib.new(_HASHES[algorithm], text.encode()).hexdigest()


def _random(seed: float | None = None) -> float:
    """With a seed the first number of Java's generator, which AWS draws from."""
    if seed is None:
        return random.random()
    drawn, state = [], (int(seed) ^ 0x5DEECE66D) & _48_BITS
    for bits in (26, 27):
        state = (state * 0x5DEECE66D + 0xB) & _48_BITS
        drawn.append(state >> (48 - bits))
    return float((drawn[0] << 27) + drawn[1]) / (1 << 53)


def _parse(text: str | None) -> Any:
    if text is None:
        return None
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=refuse_constant)
    except (ValueError, OverflowError):
        raise JException("D3137", 0, "Invalid JSON") from None
    from emulator.step_functions.expressions import as_binding

    return as_binding(found)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name occurs twice")
    return dict(pairs)


def refuse_constant(constant: str) -> Any:
    """For json.loads: NaN and Infinity, which Python reads, are not JSON."""
    raise ValueError(f"{constant} is not JSON")


def _to_millis(timestamp: str | None, picture: str | None = None) -> Any:
    try:
        if picture is None and timestamp is not None and " " in timestamp:
            raise ValueError(timestamp)
        return Functions.datetime_to_millis(timestamp, picture)
    except ValueError:
        raise JException("D3110", 0, timestamp) from None


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
    "partition": (_partition, "<an?:a>"),
    "range": (_range, "<nnn?:a>"),
    "hash": (_hash, "<ss?:s>"),
    "random": (_random, "<n?:n>"),
    "uuid": (lambda: str(uuid.uuid4()), "<:s>"),
    "parse": (_parse, "<s?:x>"),
    "toMillis": (_to_millis, "<s-s?:n>"),
    "number": (_number, "<(nsb)-:n>"),
    "replace": (_replace, "<s-(sf)(sf)n?:s>"),
}


class _Function(jsonata.Jsonata.JFunction):  # type: ignore[misc]
    """A Python function with a signature of JSONata; null fits no argument."""

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
    """Bind the functions in the environment of a parsed expression; AWS does not have $eval."""
    environment.bind("eval", None)
    for name, (implementation, signature) in _FUNCTIONS.items():
        environment.bind(name, _Function(name, implementation, signature))

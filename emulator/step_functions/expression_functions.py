"""Functions of Step Functions in JSONata, and replacements of functions that differ from JSONata 2.0.6."""

import hashlib
from functools import partial
from typing import Any

import jsonata  # type: ignore[import-untyped]
from jsonata.functions import Functions  # type: ignore[import-untyped]
from jsonata.jexception import JException  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
UNSUPPORTED = ("partition", "range", "random", "uuid", "parse")
"""Functions that the workflows do not use."""


def _hash(text: str | None, algorithm: str | None = None) -> str | None:
    if text is None or algorithm is None:
        return None
    if algorithm not in _HASHES:
        raise JException("D3137", 0, f"Unsupported algorithm: {algorithm}. Use one of {', '.join(_HASHES)}")
    return hashlib.new(_HASHES[algorithm], text.encode()).hexdigest()


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

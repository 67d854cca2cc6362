"""Hive's types, as Glue names them: Arrow's type for each, and how Firehose's JSON SerDe reads a value into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa

HiveType = tuple[Any, Callable[[Any], Any]]


def hive_type(text: str) -> HiveType:
    """Arrow's type for a Hive type, and what reads a JSON value into it (ValueError when it does not fit)."""
    text = text.strip().lower()
    base, _, inner = text.partition("<") if "<" in text else text.partition("(")
    inner = inner[:-1]
    if base == "array":
        kind, read = hive_type(inner)
        return pa.list_(kind), lambda value: [None if v is None else read(v) for v in _expect(list, value)]
    if base == "map":
        key, of = (hive_type(part) for part in _split(inner))
        return pa.map_(key[0], of[0]), lambda value: [(key[1](k), of[1](v)) for k, v in _expect(dict, value).items()]
    if base == "struct":
        fields = {name.strip(): hive_type(kind) for name, kind in (part.split(":", 1) for part in _split(inner))}
        return pa.struct([(name, kind) for name, (kind, _) in fields.items()]), lambda value: _struct(fields, value)
    if base == "decimal":
        precision, scale = (int(n) for n in (inner or "10,0").split(","))
        return pa.decimal128(precision, scale), lambda value: Decimal(str(value)).quantize(Decimal(1).scaleb(-scale))
    return _PRIMITIVES.get(base, (pa.string(), _text))


def _struct(fields: dict[str, HiveType], value: Any) -> dict[str, Any]:
    given = {key.lower(): item for key, item in _expect(dict, value).items()}
    return {name: None if given.get(name) is None else read(given[name]) for name, (_, read) in fields.items()}


def _split(inner: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, char in enumerate(inner):
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            parts.append(inner[start:position])
            start = position + 1
    return [*parts, inner[start:]]


def _expect(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(value)
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _integer(bits: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, (bool, float)):
            raise ValueError(value)
        number = int(value)
        if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
            raise ValueError(value)
        return number

    return read


def _boolean(value: Any) -> bool:
    if str(value).lower() not in ("true", "false"):
        raise ValueError(value)
    return str(value).lower() == "true"


def _timestamp(value: Any) -> datetime:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000, timezone.utc).replace(tzinfo=None)
    moment = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


_PRIMITIVES: dict[str, HiveType] = {
    "tinyint": (pa.int8(), _integer(8)),
    "smallint": (pa.int16(), _integer(16)),
    "int": (pa.int32(), _integer(32)),
    "integer": (pa.int32(), _integer(32)),
    "bigint": (pa.int64(), _integer(64)),
    "float": (pa.float32(), float),
    "double": (pa.float64(), float),
    "boolean": (pa.bool_(), _boolean),
    "timestamp": (pa.timestamp("ns"), _timestamp),
    "date": (pa.date32(), lambda value: date.fromisoformat(str(value))),
    "binary": (pa.binary(), lambda value: _text(value).encode()),
}

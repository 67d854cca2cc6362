"""JSON records to one Parquet file by a Glue table's columns, as Firehose's OpenX JSON SerDe reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Column = Mapping[str, str]
Row = dict[str, Any]


class ConversionError(ValueError):
    """A record cannot be converted; `code` is AWS's error code for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = f"DataFormatConversion.{code}"


def documents(data: bytes) -> list[Row]:
    """The JSON objects in one record: one, or several with or without white space between."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ConversionError("ParseError", "Encountered malformed JSON.") from None
    decoder, position, found = json.JSONDecoder(), 0, []
    while text[position:].strip():
        position += len(text[position:]) - len(text[position:].lstrip())
        try:
            document, position = decoder.raw_decode(text, position)
        except ValueError:
            raise ConversionError("ParseError", "Encountered malformed JSON.") from None
        if not isinstance(document, dict):
            raise ConversionError("MalformedData", "Data does not match the schema. The top level must be an object.")
        found.append(document)
    if not found:
        raise ConversionError("MalformedData", "The record was empty or contained only whitespace.")
    return found


class Table:
    """The columns a stream converts to, and how keys of the JSON find them."""

    def __init__(self, columns: Sequence[Column], deserializer: Mapping[str, Any]) -> None:
        self._columns = [(column["Name"], _hive_type(column.get("Type", "string"))) for column in columns]
        openx = deserializer.get("OpenXJsonSerDe") or {}
        self._ignore_case = openx.get("CaseInsensitive", True)
        self._dots_to_underscores = openx.get("ConvertDotsInJsonKeysToUnderscores", False)
        self._key_of = openx.get("ColumnToJsonKeyMappings") or {}

    def row(self, document: Mapping[str, Any]) -> Row:
        """The document as a row; keys without a column are dropped. ConversionError on a value of another type."""
        values = {self._name(key): value for key, value in document.items()}
        result = {}
        for name, (_, read) in self._columns:
            value = values.get(self._name(self._key_of.get(name, name)))
            try:
                result[name] = None if value is None else read(value)
            except (ValueError, TypeError, InvalidOperation, OverflowError):
                raise ConversionError("MalformedData", f"Data does not match the schema. Column: {name}") from None
        return result

    def parquet(self, rows: Sequence[Row], compression: str) -> bytes:
        """One Parquet file; `compression` as in ParquetSerDe: SNAPPY, GZIP or UNCOMPRESSED."""
        schema = pa.schema([(name, kind) for name, (kind, _) in self._columns])
        out = io.BytesIO()
        codec = "NONE" if compression == "UNCOMPRESSED" else compression
        # INT96 is what Firehose writes for timestamps and what Spark and Athena expect of it.
        pq.write_table(
            pa.Table.from_pylist(list(rows), schema=schema),
            out,
            compression=codec,
            use_deprecated_int96_timestamps=True,
        )
        return out.getvalue()

    def _name(self, key: str) -> str:
        key = key.replace(".", "_") if self._dots_to_underscores else key
        return key.lower() if self._ignore_case else key


HiveType = tuple[Any, Callable[[Any], Any]]


def _hive_type(text: str) -> HiveType:
    """Arrow's type for a Hive type, and what reads a JSON value into it (ValueError when it does not fit)."""
    text = text.strip().lower()
    base, _, inner = text.partition("<") if "<" in text else text.partition("(")
    inner = inner[:-1]
    if base == "array":
        kind, read = _hive_type(inner)
        return pa.list_(kind), lambda value: [None if v is None else read(v) for v in _expect(list, value)]
    if base == "map":
        key, of = (_hive_type(part) for part in _split(inner))
        return pa.map_(key[0], of[0]), lambda value: [(key[1](k), of[1](v)) for k, v in _expect(dict, value).items()]
    if base == "struct":
        fields = [part.split(":", 1) for part in _split(inner)]
        table = Table([{"Name": name, "Type": kind} for name, kind in fields], {})
        return pa.struct([(name, _hive_type(kind)[0]) for name, kind in fields]), lambda v: table.row(_expect(dict, v))
    if base == "decimal":
        precision, scale = (int(n) for n in (inner or "10,0").split(","))
        return pa.decimal128(precision, scale), lambda value: Decimal(str(value)).quantize(Decimal(1).scaleb(-scale))
    return _PRIMITIVES.get(base, (pa.string(), _text))


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

"""JSON records to one Parquet file by a Glue table's columns, as Firehose's OpenX JSON SerDe reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from decimal import InvalidOperation
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from emulator.firehose.hive_types import hive_type

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
        self._columns = [(column["Name"], hive_type(column.get("Type", "string"))) for column in columns]
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

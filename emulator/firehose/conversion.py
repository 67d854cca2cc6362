"""Converts JSON records to a Parquet file with a Glue table's columns, as Firehose's OpenX JSON SerDe does.

Sources: tests on AWS (see docs/emulator.md), and the SerDe's source code (rcongiu/Hive-JSON-Serde). Other records are
rejected. Arrow accepts all converted texts.
"""

import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

from emulator.java_numbers import java_double

Column = Mapping[str, str]
Row = dict[str, Any]

MAX_DEPTH = 1000
"""The default maximum depth of Jackson, AWS's JSON parser; not tested on AWS."""
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_WHITE_SPACE = re.compile(r"[ \t\r\n]*")


class ConversionError(ValueError):
    """A record cannot be converted; `code` is AWS's error code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = f"DataFormatConversion.{code}"


def documents(data: bytes) -> list[Row]:
    """The JSON objects in a record, with lower-case keys. ConversionError when it contains anything else."""
    found = []
    try:
        text = data.decode()
        _check_depth(text)
        position = _after_white_space(text, 0)
        while position < len(text):
            document, position = _decoder.raw_decode(text, position)
            found.append(document)
            position = _after_white_space(text, position)
    except (ValueError, RecursionError) as error:
        raise ConversionError("ParseError", f"Encountered malformed JSON. {error}") from None
    if not found:
        raise ConversionError("MalformedData", "The record was empty or contained only whitespace.")
    if not all(isinstance(document, dict) for document in found):
        raise ConversionError("MalformedData", "Data does not match the schema. The top level must be an object.")
    return found


def _check_depth(text: str) -> None:
    """ValueError when the nesting exceeds MAX_DEPTH. Python's recursion limit is not constant."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _NESTING.findall(text):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if depth > MAX_DEPTH:
            raise ValueError(f"It is nested more than {MAX_DEPTH} deep")


def _after_white_space(text: str, position: int) -> int:
    match = _WHITE_SPACE.match(text, position)
    return match.end() if match else position


def _object(pairs: list[tuple[str, Any]]) -> Row:
    """The SerDe converts keys to lower case at every depth, and rejects duplicate keys."""
    members = {key.lower(): value for key, value in pairs}
    if len(members) < len(pairs):
        raise ValueError("Duplicate key")
    return members


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of the range of a double")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)


def _text(value: Any) -> str:
    """Numbers and booleans in Java's format, objects and arrays as compact JSON."""
    if isinstance(value, float):
        return java_double(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"{value} does not fit into 64 bits")
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    text.encode()  # UnicodeEncodeError, a ValueError, for half a surrogate pair
    return text


class Table:
    """The columns of a stream's table, which all have the type string (see `checks.columns`)."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._names = [column["Name"] for column in columns]

    def rows(self, data: bytes) -> list[Row]:
        """The rows of a record, without keys that are not columns. ConversionError for an invalid value."""
        return [self._row(document) for document in documents(data)]

    def _row(self, document: Row) -> Row:
        try:
            given = {name: document.get(name.lower()) for name in self._names}
            return {name: None if value is None else _text(value) for name, value in given.items()}
        except (ValueError, RecursionError) as error:
            raise ConversionError("MalformedData", f"Data does not match the schema. {error}") from None

    def parquet(self, rows: Sequence[Row]) -> bytes:
        """A Parquet file with the rows."""
        out = io.BytesIO()
        schema = pa.schema([(name, pa.string()) for name in self._names])
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), out, compression="SNAPPY")
        return out.getvalue()

"""Firehose's conversion: valid records become rows, invalid records are delivered to the error prefix."""

import base64
import json
import random
import sys
from typing import Any

import pytest
from streams import Pipeline, objects, rows

from emulator.firehose.conversion import ConversionError, Table

COLUMNS = [{"Name": name, "Type": "string"} for name in ("id", "other")]
SURROGATE = '{"id": "smile \\ud83d"}'


def convert(*data: str | bytes) -> list[dict[str, Any]]:
    """The rows of the records in a Parquet file."""
    table = Table(COLUMNS)
    found = [row for item in data for row in table.rows(item.encode() if isinstance(item, str) else item)]
    return rows(table.parquet(found))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"id": "a", "other": "b"}', ("a", "b")),
        ('{"ID": "a", "OTHER": "b", "unknown": [{"a": "\\ud800"}]}', ("a", "b")),
        ('{"id": null}', (None, None)),
        ("{}", (None, None)),
        ('{"id": 7, "other": true}', ("7", "true")),
        ('{"id": 9223372036854775807}', (str(2**63 - 1), None)),
        ('{"id": 1.50}', ("1.5", None)),
        ('{"id": 12345678.0}', ("1.2345678E7", None)),
        ('{"id": 1e-5}', ("1.0E-5", None)),
        ('{"id": {"Outer": {"Inner": [1, "a b", null]}}}', ('{"outer":{"inner":[1,"a b",null]}}', None)),
        ('{"id": "nul \\u0000 and \\ud83d\\ude00"}', ("nul \0 and \U0001f600", None)),
        ('{"id": "", "\\udc00": 1}', ("", None)),
    ],
)
def test_a_value_is_converted_to_text(data: str, expected: tuple[Any, ...]) -> None:
    assert [tuple(row.values()) for row in convert(data)] == [expected]


def test_brackets_in_strings_and_adjacent_brackets_are_not_nested() -> None:
    text = '\\\\ \\" [{' * 2000
    wide, deep = "[]," * 2000 + "[]", "[" * 500 + "]" * 500
    [row] = convert(f'{{"id": "{text}", "wide": [{wide}], "deep": {deep}}}')
    assert row["id"] == '\\ " [{' * 2000


def test_a_record_can_contain_several_documents() -> None:
    assert [row["id"] for row in convert('{"id": 1}{"id": 2}\r\n\t {"id": 3}\n', b'{"id": 4}')] == ["1", "2", "3", "4"]


PARSE, MISMATCH = "DataFormatConversion.ParseError", "DataFormatConversion.MalformedData"
NOT_MATCHING: list[str] = [
    *(SURROGATE, '{"id": {"a": "\\udfff"}}', '{"id": {"\\ud800": 1}}', '{"id": 1' + "0" * 400 + "}"),
    *('{"id": "a"} {"id": "\\ud83d"}', '[{"id": "a"}]', "7", "", " \n"),
]
NOT_PARSED: list[str | bytes] = [
    *('{"id": 1e999}', '{"id": NaN}', '{"id": -Infinity}', '{"unknown": ' + "9" * 5000 + "}"),
    *('{"id": "a", "ID": "b"}', '{"id": {"a": 1, "a": 2}}', '{"id": ', '{"id": "a"} and more', "{'id': 'a'}"),
    *('{"id": ' + "[" * 5000 + "]" * 5000 + "}", "[" * 1_000_000, '{"unknown": ' + '{"a":' * 5000 + "1" + "}" * 5001),
    *('\ufeff{"id": "a"}', b'{"id": "\xff"}', b'{"id": "\x00"}', b"\x00"),
]
REJECTED = [*((data, MISMATCH) for data in NOT_MATCHING), *((data, PARSE) for data in NOT_PARSED)]


def test_the_maximum_depth_does_not_depend_on_the_recursion_limit_of_python() -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        with pytest.raises(ConversionError, match="nested more than 1000 deep"):
            convert('{"id": ' + "[" * 1000 + "]" * 1000 + "}")
        assert convert('{"id": ' + "[" * 999 + "]" * 999 + "}")
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(("data", "code"), REJECTED, ids=lambda value: repr(value)[:40])
def test_an_invalid_record_is_rejected_with_the_code_of_aws(data: str | bytes, code: str) -> None:
    with pytest.raises(ConversionError) as raised:
        convert(data)
    assert raised.value.code == code


PIECES = [
    *(b'"id"', b'"other"', b":", b",", b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b"\\u0000", b"\\udc00"),
    *(b"\xff", b"\x00", b"\xed\xa0\x80", b"1", b"-", b".5", b"e9", b"e999", b"9999999999", b"NaN", b"null", b"true"),
    *(b" ", b"\n"),
]


def test_random_bytes_are_converted_or_rejected() -> None:
    chance, table, taken = random.Random(7), Table(COLUMNS), 0
    for _ in range(5000):
        data = [b'{"id":', b'"', b"text", b"text", b'"', b',"other":', b"1", b"2", b".5", b"}"]
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(2)] = [chance.choice(PIECES)]
        try:
            found = table.rows(b"".join(data))
        except ConversionError:
            continue
        assert len(rows(table.parquet(found))) == len(found), data
        taken += 1
    assert taken > 100


def test_only_an_invalid_record_is_delivered_to_the_error_prefix(pipeline: Pipeline) -> None:
    pipeline.create(pipeline.configuration())
    pipeline.put('{"id": "before"}', SURROGATE, '{"id": "after"}')
    [(_, parquet)] = objects(pipeline.s3, pipeline.bucket, "clicks/")
    assert [row["id"] for row in rows(parquet)] == ["before", "after"]
    [(key, body)] = objects(pipeline.s3, pipeline.bucket, "errors/")
    assert key.startswith("errors/format-conversion-failed/")
    [document] = map(json.loads, body.splitlines())
    assert base64.b64decode(document["rawData"]).decode() == SURROGATE
    assert document["attemptsMade"] == 1 and document["lastErrorCode"] == MISMATCH
    assert document["lastErrorMessage"].startswith("Data does not match the schema. ")
    assert document["arrivalTimestamp"] <= document["attemptEndingTimestamp"]
    assert document["dataCatalogTable"] == {
        "catalogId": "000000000000",
        "databaseName": pipeline.database,
        "tableName": "clicks",
        "region": "us-east-1",
        "versionId": "LATEST",
        "roleArn": pipeline.role,
    }


def test_a_stream_with_undeliverable_records_is_deleted_with_its_records(pipeline: Pipeline) -> None:
    configuration = pipeline.configuration()
    pipeline.create(configuration)
    pipeline.put('{"id": "lost"}')
    pipeline.set_columns(at="timestamp")
    pipeline.firehose.delete_delivery_stream(DeliveryStreamName=pipeline.name)
    pipeline.set_columns(id="string", other="string")
    pipeline.create(configuration)
    pipeline.put('{"id": "new"}')
    [(_, body)] = objects(pipeline.s3, pipeline.bucket, "clicks/")
    assert [row["id"] for row in rows(body)] == ["new"]

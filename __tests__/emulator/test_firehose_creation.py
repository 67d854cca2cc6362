"""Invalid and unsupported requests of CreateDeliveryStream and UpdateDestination."""

import re
from typing import Any

import pytest
from account import rejected
from streams import Pipeline

UNSUPPORTED = "The local AWS does not support"


def assert_rejected(pipeline: Pipeline, complaint: str, configuration: dict[str, Any], **request: Any) -> None:
    with rejected(r"\w+", complaint):
        pipeline.firehose.create_delivery_stream(
            DeliveryStreamName=pipeline.name, ExtendedS3DestinationConfiguration=configuration, **request
        )
    assert pipeline.name not in pipeline.firehose.list_delivery_streams(Limit=1000)["DeliveryStreamNames"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 901}}, "less than or equal to 900"),
        ({"ErrorOutputPrefix": "errors/"}, "error-output-type"),
        ({"Prefix": "!{firehose:error-output-type}/"}, "ErrorOutputPrefix"),
        ({"Prefix": "clicks/!{partitionKeyFromQuery:day}/"}, "Cannot evaluate"),
        ({"ErrorOutputPrefix": "!{firehose:error-output-type}/!{times:yyyy}/"}, "Cannot evaluate"),
        ({"RoleARN": "arn:aws:iam::000000000000:role/missing"}, "unable to assume role"),
        ({"CustomTimeZone": "Europe/Berlin"}, UNSUPPORTED),
        ({"S3BackupMode": "Enabled"}, UNSUPPORTED),
        ({"ProcessingConfiguration": {"Enabled": True}}, UNSUPPORTED),
        ({"DynamicPartitioningConfiguration": {"Enabled": True}}, UNSUPPORTED),
    ],
)
def test_an_invalid_destination_is_rejected(pipeline: Pipeline, change: dict[str, Any], complaint: str) -> None:
    assert_rejected(pipeline, complaint, pipeline.configuration(**change))


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("InputFormatConfiguration", {"Deserializer": {"HiveJsonSerDe": {}}}),
        ("InputFormatConfiguration", {"Deserializer": {"OpenXJsonSerDe": {"CaseInsensitive": False}}}),
        ("InputFormatConfiguration", {"Deserializer": {"OpenXJsonSerDe": {"ColumnToJsonKeyMappings": {"id": "key"}}}}),
        ("OutputFormatConfiguration", {"Serializer": {"OrcSerDe": {}}}),
        ("OutputFormatConfiguration", {"Serializer": {"ParquetSerDe": {"Compression": "GZIP"}}}),
    ],
)
def test_an_unsupported_conversion_is_rejected(pipeline: Pipeline, member: str, change: dict[str, Any]) -> None:
    configuration = pipeline.configuration()
    configuration["DataFormatConversionConfiguration"][member] = change
    assert_rejected(pipeline, UNSUPPORTED, configuration)


@pytest.mark.parametrize("kind", ["timestamp", "decimal(4,2)", "double", "array<string>", "map<string,int>", "int"])
def test_a_table_with_an_unsupported_type_is_rejected(pipeline: Pipeline, kind: str) -> None:
    pipeline.set_columns(id="string", other=kind)
    message = re.escape(f"{UNSUPPORTED} the type {kind} of column other")
    assert_rejected(pipeline, message, pipeline.configuration())


def test_another_source_is_rejected(pipeline: Pipeline) -> None:
    stream = {"KinesisStreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s", "RoleARN": pipeline.role}
    assert_rejected(pipeline, UNSUPPORTED, pipeline.plain(), DeliveryStreamType="MSKAsSource")
    assert_rejected(pipeline, UNSUPPORTED, pipeline.plain(), KinesisStreamSourceConfiguration=stream)


def test_an_update_is_checked_with_the_unchanged_fields(pipeline: Pipeline) -> None:
    pipeline.create(pipeline.configuration())
    described = pipeline.firehose.describe_delivery_stream(DeliveryStreamName=pipeline.name)
    destination = described["DeliveryStreamDescription"]["Destinations"][0]["DestinationId"]
    with rejected("InvalidArgumentException", "compression format must be set to UNCOMPRESSED"):
        pipeline.firehose.update_destination(
            DeliveryStreamName=pipeline.name,
            CurrentDeliveryStreamVersionId="1",
            DestinationId=destination,
            ExtendedS3DestinationUpdate={"CompressionFormat": "GZIP"},
        )

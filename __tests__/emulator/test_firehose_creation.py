"""What CreateDeliveryStream and UpdateDestination refuse: what AWS refuses, and what the local AWS does not have."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from streams import Pipeline

UNSUPPORTED = "The local AWS does not support"


def refused(pipeline: Pipeline, complaint: str, configuration: dict[str, Any], **request: Any) -> None:
    with pytest.raises(ClientError, match=complaint):
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
def test_a_destination_that_could_not_deliver_is_refused(
    pipeline: Pipeline, change: dict[str, Any], complaint: str
) -> None:
    refused(pipeline, complaint, pipeline.configuration(**change))


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
def test_a_conversion_that_no_pipeline_uses_is_refused(pipeline: Pipeline, member: str, change: dict[str, Any]) -> None:
    configuration = pipeline.configuration()
    configuration["DataFormatConversionConfiguration"][member] = change
    refused(pipeline, UNSUPPORTED, configuration)


@pytest.mark.parametrize("kind", ["timestamp", "decimal(4,2)", "double", "array<string>", "map<string,int>", "int"])
def test_a_table_with_a_type_that_no_table_of_ours_has_is_refused(pipeline: Pipeline, kind: str) -> None:
    columns = [{"Name": "id", "Type": "string"}, {"Name": "other", "Type": kind}]
    pipeline.glue.update_table(
        DatabaseName=pipeline.database, TableInput={"Name": "clicks", "StorageDescriptor": {"Columns": columns}}
    )
    message = f"{UNSUPPORTED} the type {kind} of column other".replace("(", r"\(").replace(")", r"\)")
    refused(pipeline, message, pipeline.configuration())


def test_another_source_or_destination_is_refused(pipeline: Pipeline) -> None:
    refused(pipeline, UNSUPPORTED, pipeline.plain(), DeliveryStreamType="MSKAsSource")
    refused(
        pipeline,
        UNSUPPORTED,
        pipeline.plain(),
        KinesisStreamSourceConfiguration={
            "KinesisStreamARN": "arn:aws:kinesis:us-east-1:000000000000:stream/s",
            "RoleARN": pipeline.role,
        },
    )


def test_an_update_is_checked_together_with_what_it_leaves(pipeline: Pipeline) -> None:
    pipeline.create(pipeline.configuration())
    described = pipeline.firehose.describe_delivery_stream(DeliveryStreamName=pipeline.name)
    destination = described["DeliveryStreamDescription"]["Destinations"][0]["DestinationId"]
    with pytest.raises(ClientError, match="compression format must be set to UNCOMPRESSED"):
        pipeline.firehose.update_destination(
            DeliveryStreamName=pipeline.name,
            CurrentDeliveryStreamVersionId="1",
            DestinationId=destination,
            ExtendedS3DestinationUpdate={"CompressionFormat": "GZIP"},
        )

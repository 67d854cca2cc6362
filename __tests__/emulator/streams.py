"""Firehose streams with the bucket, table and role that they need, and their delivered objects."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from account import Client, allow, make_role, unique
from waiting import eventually

PARQUET = {
    "BlockSizeBytes": 268435456,
    "Compression": "SNAPPY",
    "EnableDictionaryCompression": False,
    "MaxPaddingBytes": 0,
    "PageSizeBytes": 1048576,
    "WriterVersion": "V1",
}
"""Terraform's default values."""


def objects(s3: Any, bucket: str, prefix: str, at_least: int = 1) -> list[tuple[str, bytes]]:
    """Wait for `at_least` objects with `prefix`; returns their keys and bodies."""

    def enough() -> list[Any]:
        found: list[Any] = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return found if len(found) >= at_least else []

    found = eventually(enough, f"{at_least} object(s) under {prefix}")
    return [(item["Key"], s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()) for item in found]


def rows(parquet: bytes) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = pq.read_table(pa.BufferReader(parquet)).to_pylist()
    return read


class Pipeline:
    """Creates a stream with a bucket, a Glue table and a role."""

    def __init__(self, client: Client) -> None:
        self.firehose, self.s3, self.glue = client("firehose"), client("s3"), client("glue")
        self.bucket, self.database = unique("firehose-bucket"), unique("database")
        self.name = unique("stream")
        self.s3.create_bucket(Bucket=self.bucket)
        self.glue.create_database(DatabaseInput={"Name": self.database})
        columns = [{"Name": name, "Type": "string"} for name in ("id", "other")]
        table = {"Name": "clicks", "StorageDescriptor": {"Columns": columns}, "TableType": "EXTERNAL_TABLE"}
        self.glue.create_table(DatabaseName=self.database, TableInput=table)
        self.role = make_role(
            client,
            "firehose.amazonaws.com",
            [
                allow("s3:PutObject", f"arn:aws:s3:::{self.bucket}/*"),
                allow("glue:GetTableVersions"),
                allow("logs:PutLogEvents"),
            ],
        )

    def configuration(self, **changes: Any) -> dict[str, Any]:
        """An extended S3 destination that converts to Parquet; `changes` replace whole fields."""
        schema = {"DatabaseName": self.database, "TableName": "clicks", "RoleARN": self.role, "Region": "us-east-1"}
        return {
            "RoleARN": self.role,
            "BucketARN": f"arn:aws:s3:::{self.bucket}",
            "Prefix": "clicks/data=!{timestamp:yyyy-MM-dd}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "BufferingHints": {"SizeInMBs": 64, "IntervalInSeconds": 60},
            "DataFormatConversionConfiguration": {
                "Enabled": True,
                "InputFormatConfiguration": {"Deserializer": {"OpenXJsonSerDe": {}}},
                "OutputFormatConfiguration": {"Serializer": {"ParquetSerDe": PARQUET}},
                "SchemaConfiguration": schema,
            },
            **changes,
        }

    def plain(self, **changes: Any) -> dict[str, Any]:
        return {**self.configuration(), "DataFormatConversionConfiguration": {"Enabled": False}, **changes}

    def set_columns(self, **types: str) -> None:
        """Change the columns of the table."""
        columns = [{"Name": name, "Type": kind} for name, kind in types.items()]
        table = {"Name": "clicks", "StorageDescriptor": {"Columns": columns}}
        self.glue.update_table(DatabaseName=self.database, TableInput=table)

    def create(self, configuration: dict[str, Any]) -> None:
        self.firehose.create_delivery_stream(
            DeliveryStreamName=self.name,
            DeliveryStreamType="DirectPut",
            ExtendedS3DestinationConfiguration=configuration,
        )

    def put(self, *data: str) -> None:
        records = [{"Data": item.encode()} for item in data]
        answer = self.firehose.put_record_batch(DeliveryStreamName=self.name, Records=records)
        assert answer["FailedPutCount"] == 0

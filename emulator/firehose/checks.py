"""What Firehose refuses when a stream is created or changed, and what it refuses to take in."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import glue

from emulator import roles
from emulator.authorization import AccessDenied, require
from emulator.models import ApiError

PRINCIPAL = "firehose.amazonaws.com"
RECORD_BYTES = 1000 * 1024
BATCH_BYTES = 4 * 1024 * 1024
BATCH_RECORDS = 500
CONVERSION_MINIMUM_MB = 64
ERROR_TYPE = "!{firehose:error-output-type}"
Config = dict[str, Any]


def destination(config: Config, stream_arn: str) -> None:
    """ApiError unless an (Extended) S3 destination is one that AWS accepts."""
    _buffering(config)
    _prefixes(config)
    role = config.get("RoleARN", "")
    if not roles.trusts(role, PRINCIPAL, stream_arn):
        raise _invalid(f"Firehose is unable to assume role {role}. Please check the role provided.")
    if converts(config):
        _conversion(config, stream_arn)


def converts(config: Config) -> bool:
    conversion = config.get("DataFormatConversionConfiguration") or {}
    return bool(conversion) and bool(conversion.get("Enabled", True))


def _buffering(config: Config) -> None:
    hints = config.get("BufferingHints") or {}
    for field, low, high in (("SizeInMBs", 1, 128), ("IntervalInSeconds", 0, 900)):
        value = hints.get(field)
        if value is not None and not low <= value <= high:
            bound = f"greater than or equal to {low}" if value < low else f"less than or equal to {high}"
            raise ApiError(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at 'bufferingHints.{field[0].lower()}{field[1:]}' "
                f"failed to satisfy constraint: Member must have value {bound}",
            )


def _prefixes(config: Config) -> None:
    prefix, error_prefix = config.get("Prefix") or "", config.get("ErrorOutputPrefix") or ""
    if ERROR_TYPE in prefix:
        raise _invalid(f"Prefix {prefix!r} must not contain {ERROR_TYPE}: it belongs into ErrorOutputPrefix.")
    if "!{" in prefix and ERROR_TYPE not in error_prefix:
        raise _invalid(
            f"ErrorOutputPrefix must be given and contain {ERROR_TYPE} when Prefix contains expressions; "
            f"Prefix is {prefix!r}, ErrorOutputPrefix is {error_prefix!r}."
        )


def _conversion(config: Config, stream_arn: str) -> None:
    size = (config.get("BufferingHints") or {}).get("SizeInMBs", 128)
    if size < CONVERSION_MINIMUM_MB:
        raise _invalid(
            f"BufferingHints.SizeInMBs must be at least {CONVERSION_MINIMUM_MB} when data format conversion is "
            f"enabled; it is {size}."
        )
    if config.get("CompressionFormat", "UNCOMPRESSED") != "UNCOMPRESSED":
        raise _invalid("CompressionFormat must be UNCOMPRESSED when data format conversion is enabled.")
    conversion = config["DataFormatConversionConfiguration"]
    serializer = (conversion.get("OutputFormatConfiguration") or {}).get("Serializer") or {}
    if "ParquetSerDe" not in serializer:
        raise _invalid("OutputFormatConfiguration.Serializer.ParquetSerDe is required: the local AWS writes Parquet.")
    schema = conversion.get("SchemaConfiguration") or {}
    role = schema.get("RoleARN", "")
    if not roles.trusts(role, PRINCIPAL, stream_arn):
        raise _invalid(f"Firehose is unable to assume role {role}. Please check the role provided.")
    columns(schema)


def columns(schema: Config) -> list[dict[str, str]]:
    """The columns of the Glue table now, read as the schema's role; ApiError when it may not or there is no table."""
    database, table = schema.get("DatabaseName", ""), schema.get("TableName", "")
    catalog = f"arn:aws:glue:{get_region()}:{get_account_id()}"
    try:
        for resource in ("catalog", f"database/{database}", f"table/{database}/{table}"):
            require(schema.get("RoleARN", ""), "glue:GetTableVersions", f"{catalog}:{resource}")
    except AccessDenied as denied:
        raise _invalid(
            "Access was denied when calling Glue. Please ensure that the role specified in the data format conversion "
            f"configuration has the necessary permissions. {denied}"
        ) from None
    found = glue._tables.get(f"{database}/{table}")
    if found is None:
        raise _invalid(
            "The specified table/database could not be found. Please ensure that the table/database exists and that "
            "the values provided in the schema configuration are correct, especially with regards to casing."
        )
    result: list[dict[str, str]] = found["StorageDescriptor"].get("Columns") or []
    return result


def batch(records: list[dict[str, Any]]) -> list[bytes]:
    """The data of a PutRecordBatch; ApiError when it is more than one call may carry."""
    if not 1 <= len(records) <= BATCH_RECORDS:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length "
            f"between 1 and {BATCH_RECORDS}; it has {len(records)}",
        )
    data = [record(item) for item in records]
    if sum(map(len, data)) > BATCH_BYTES:
        raise _invalid(f"Records size exceeds 4 MB limit: the batch has {sum(map(len, data))} bytes.")
    return data


def record(item: dict[str, Any]) -> bytes:
    """The data of one record; ApiError when it is too large."""
    try:
        data = base64.b64decode(item.get("Data") or "", validate=True)
    except (binascii.Error, ValueError):
        raise ApiError("SerializationException", "Record.Data is not base64.") from None
    if len(data) > RECORD_BYTES:
        raise ApiError(
            "ValidationException",
            "1 validation error detected: Value at 'record.data' failed to satisfy constraint: Member must have length "
            f"less than or equal to {RECORD_BYTES}; it has {len(data)}",
        )
    return data


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidArgumentException", message)

"""Checks when a stream is created or updated. AWS's messages are recorded ones (see docs/emulator.md)."""

from datetime import datetime, timezone
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import firehose, glue

from emulator import hooks, models, roles
from emulator.authorization import AccessDenied, require
from emulator.models import ApiError, members

PRINCIPAL = "firehose.amazonaws.com"
CONVERSION_MINIMUM_MB = 64
ERROR_TYPE = "!{firehose:error-output-type}"
DESTINATION = ("ExtendedS3DestinationConfiguration", "ExtendedS3DestinationUpdate")
PARQUET = members(
    "BlockSizeBytes PageSizeBytes MaxPaddingBytes EnableDictionaryCompression WriterVersion", Compression=("SNAPPY",)
)
"""Terraform sends all of them, with default values."""
OPEN_X = {"CaseInsensitive": (True,), "ConvertDotsInJsonKeysToUnderscores": (False,)}
SUPPORTED = members(
    "RoleARN BucketARN Prefix ErrorOutputPrefix BufferingHints CloudWatchLoggingOptions EncryptionConfiguration",
    CompressionFormat=("UNCOMPRESSED",),
    S3BackupMode=("Disabled",),
    CustomTimeZone=("UTC",),
    ProcessingConfiguration={"Enabled": (False,)},
    DynamicPartitioningConfiguration={"Enabled": (False,)},
    DataFormatConversionConfiguration=members(
        "Enabled",
        InputFormatConfiguration={"Deserializer": {"OpenXJsonSerDe": OPEN_X}},
        OutputFormatConfiguration={"Serializer": {"ParquetSerDe": PARQUET}},
        SchemaConfiguration=members("RoleARN CatalogId DatabaseName TableName Region", VersionId=("LATEST",)),
    ),
)
"""The supported members of an extended S3 destination."""
REQUEST = members(
    f"DeliveryStreamName CurrentDeliveryStreamVersionId DestinationId Tags {' '.join(DESTINATION)} "
    "DeliveryStreamEncryptionConfigurationInput",
    DeliveryStreamType=("DirectPut",),
)
Config = dict[str, Any]


def request(given: Config) -> None:
    """ApiError for an unsupported source or destination."""
    models.supported("a Firehose stream", given, REQUEST)
    if not set(DESTINATION) & given.keys():
        raise _invalid("Exactly one destination configuration is supported for a Firehose")


def destination(config: Config) -> None:
    """ApiError for an invalid or unsupported extended S3 destination."""
    _prefixes(config)
    _trusted(config["RoleARN"])
    if converts(config):
        _conversion(config)
    models.supported("a Firehose stream", config, SUPPORTED)


def converts(config: Config) -> bool:
    conversion = config.get("DataFormatConversionConfiguration") or {}
    return bool(conversion) and bool(conversion.get("Enabled", True))


def folder(prefix: str | None, arrived: datetime, error_type: str | None = None) -> str:
    """The prefix with evaluated expressions. ApiError for an unknown expression."""
    try:
        evaluate = hooks.original(firehose, "_evaluate_prefix")
        result: str = evaluate(prefix or "", arrived.timetuple(), error_type=error_type)
        return result
    except hooks.original(firehose, "_DeliveryError") as unknown:
        raise _invalid(str(unknown)) from None


def _prefixes(config: Config) -> None:
    prefix, error_prefix = config.get("Prefix") or "", config.get("ErrorOutputPrefix") or ""
    if ERROR_TYPE in prefix:
        raise _invalid(f"Prefix {prefix!r} must not contain {ERROR_TYPE}: use it in ErrorOutputPrefix.")
    if "!{" in prefix and ERROR_TYPE not in error_prefix:
        raise _invalid(
            f"ErrorOutputPrefix must contain {ERROR_TYPE} when Prefix contains expressions; "
            f"Prefix is {prefix!r}, ErrorOutputPrefix is {error_prefix!r}."
        )
    for text in (prefix, error_prefix):
        folder(text, datetime.now(timezone.utc), "any")


def _conversion(config: Config) -> None:
    if config.get("CompressionFormat", "UNCOMPRESSED") != "UNCOMPRESSED":
        raise _invalid(
            "The S3 destination's compression format must be set to UNCOMPRESSED when data format conversion is "
            "enabled. To enable compression within the converted output format, set the appropriate serialization "
            "option in the output format configuration."
        )
    if (config.get("BufferingHints") or {}).get("SizeInMBs", 128) < CONVERSION_MINIMUM_MB:
        raise _invalid(
            f"BufferingHints.SizeInMBs must be at least {CONVERSION_MINIMUM_MB} when data format conversion is enabled."
        )
    conversion = config["DataFormatConversionConfiguration"]
    for member in ("InputFormatConfiguration", "OutputFormatConfiguration", "SchemaConfiguration"):
        if conversion.get(member) is None:
            raise _invalid(f"{member} must not be null")
    _one_serde(conversion["InputFormatConfiguration"], "Deserializer", "OpenXJsonSerDe")
    _one_serde(conversion["OutputFormatConfiguration"], "Serializer", "ParquetSerDe")
    table = conversion["SchemaConfiguration"]
    for member in ("RoleARN", "DatabaseName", "TableName"):
        if not table.get(member):
            raise _invalid(f"SchemaConfiguration.{member.replace('ARN', 'Arn')} must not be null or empty")
    _trusted(table["RoleARN"])
    columns(table)


def columns(schema: Config) -> list[dict[str, str]]:
    """The current columns of the Glue table, read with the schema's role. ApiError without permission or table."""
    database, table = schema["DatabaseName"], schema["TableName"]
    catalog = f"arn:aws:glue:{get_region()}:{get_account_id()}"
    try:
        for resource in ("catalog", f"database/{database}", f"table/{database}/{table}"):
            require(schema["RoleARN"], "glue:GetTableVersions", f"{catalog}:{resource}")
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
    if not result:
        raise _invalid(f"The table {database}.{table} has no columns to convert to.")
    for column in result:
        if column.get("Type", "string") != "string":
            raise _unsupported(f"the type {column['Type']} of column {column['Name']} in table {database}.{table}")
    return result


def _one_serde(formats: Config, kind: str, only: str) -> None:
    chosen = formats.get(kind) or {}
    if not chosen:
        raise _invalid(f"{kind} must not be null")
    if len(chosen) > 1:
        raise _invalid(f"More than one {kind.lower()} specified. Only one may be chosen.")
    if only not in chosen:
        raise _unsupported(*chosen)


def _trusted(role: str) -> None:
    if not roles.trusts_by_external_id(role, PRINCIPAL):
        raise _invalid(f"Firehose is unable to assume role {role}. Please check the role provided.")


def _unsupported(what: str) -> ApiError:
    return _invalid(f"The local AWS does not support {what} for a Firehose stream.")


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidArgumentException", message)

"""The Glue table that a stream converts to."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import glue

from emulator.authorization import AccessDenied, require
from emulator.firehose.hive_types import READERS
from emulator.models import ApiError

Config = dict[str, Any]


def columns(schema: Config) -> list[dict[str, str]]:
    """The columns of the Glue table now, read as the schema's role; ApiError when it may not or there is no table."""
    database, table = schema.get("DatabaseName", ""), schema.get("TableName", "")
    catalog = f"arn:aws:glue:{get_region()}:{get_account_id()}"
    try:
        for resource in ("catalog", f"database/{database}", f"table/{database}/{table}"):
            require(schema.get("RoleARN", ""), "glue:GetTableVersions", f"{catalog}:{resource}")
    except AccessDenied as denied:
        raise _refused(
            "Access was denied when calling Glue. Please ensure that the role specified in the data format conversion "
            f"configuration has the necessary permissions. {denied}"
        ) from None
    found = glue._tables.get(f"{database}/{table}")
    if found is None:
        raise _refused(
            "The specified table/database could not be found. Please ensure that the table/database exists and that "
            "the values provided in the schema configuration are correct, especially with regards to casing."
        )
    result: list[dict[str, str]] = found["StorageDescriptor"].get("Columns") or []
    if not result:
        raise _refused(f"The table {database}.{table} has no columns to convert to.")
    for column in result:
        if column.get("Type", "string") not in READERS:
            raise _refused(
                f"The local AWS does not support the type {column['Type']} of column {column['Name']} in table "
                f"{database}.{table} for data format conversion: it converts {', '.join(READERS)}, which the tables "
                "of the pipelines use."
            )
    return result


def _refused(message: str) -> ApiError:
    return ApiError("InvalidArgumentException", message)

"""Glue tables: their versions, and no default table type."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import glue

from emulator import hooks
from emulator.json_protocol import action_of, answering
from emulator.models import Json, invalid


def _table(data: Json, name: str) -> Any:
    return glue._tables.get(f"{data.get('DatabaseName')}/{name}")


def _table_versions(data: Json) -> Json:
    """The current version: MiniStack does not keep older ones."""
    table = _table(data, data["TableName"])
    if table is None:
        message = f"Table {data['TableName']} not found in {data.get('DatabaseName')}."
        raise invalid(message, "EntityNotFoundException")
    return {"TableVersions": [{"Table": table, "VersionId": table["VersionId"]}]}


def _handle_request(
    theirs: Callable[..., Any], method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any
) -> Any:
    if action_of(headers) == "GetTableVersions":
        return answering(_table_versions)(json.loads(body or b"{}"))
    return theirs(method, path, headers, body, query)


def _create_table(theirs: Callable[[Json], Any], data: Json) -> Any:
    answer, given = theirs(data), data.get("TableInput", {})
    table = _table(data, given.get("Name"))
    if answer[0] == 200 and table is not None and not given.get("TableType"):
        table.pop("TableType", None)
    return answer


def install() -> None:
    hooks.wrap(glue, "_handle_request_sync", _handle_request)
    hooks.wrap(glue, "_create_table", _create_table)

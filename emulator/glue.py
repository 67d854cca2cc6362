"""Glue tables as AWS returns them: with their versions, and without a table type that was not set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import glue

from emulator import hooks


def _table_versions(data: dict[str, Any]) -> Any:
    """The present version only: MiniStack keeps no older ones."""
    database, name = data.get("DatabaseName"), data.get("TableName")
    table = glue._tables.get(f"{database}/{name}")
    if table is None:
        return error_response_json("EntityNotFoundException", f"Table {name} not found in {database}.", 400)
    return json_response({"TableVersions": [{"Table": table, "VersionId": table["VersionId"]}]})


def _with_versions(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        if headers.get("x-amz-target", "").endswith(".GetTableVersions"):
            return _table_versions(json.loads(body or b"{}"))
        return theirs(method, path, headers, body, query)

    return handle


def _without_default_type(theirs: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def create(data: dict[str, Any]) -> Any:
        answer = theirs(data)
        given = data.get("TableInput", {})
        table = glue._tables.get(f"{data.get('DatabaseName')}/{given.get('Name')}")
        if answer[0] == 200 and table is not None and not given.get("TableType"):
            table.pop("TableType", None)
        return answer

    return create


def install() -> None:
    hooks.replace(glue, "_handle_request_sync", _with_versions)
    hooks.replace(glue, "_create_table", _without_default_type)

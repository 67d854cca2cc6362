"""Glue tables as AWS gives them back: their versions, and no table type that nobody set."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import glue

from emulator import hooks


def _table_version(data: dict[str, Any]) -> Any:
    """GetTableVersions and GetTableVersion know the present version only: MiniStack keeps no older ones."""
    database, name = data.get("DatabaseName"), data.get("TableName")
    table = glue._tables.get(f"{database}/{name}")
    wanted = str(data.get("VersionId") or "")
    if table is None or wanted not in ("", str(table["VersionId"])):
        missing = f"Version {wanted} of table" if table else "Table"
        return error_response_json("EntityNotFoundException", f"{missing} {name} not found in {database}.", 400)
    return {"Table": table, "VersionId": table["VersionId"]}


def _with_versions(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        action = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if action not in ("GetTableVersions", "GetTableVersion"):
            return theirs(method, path, headers, body, query)
        found = _table_version(json.loads(body or b"{}"))
        if not isinstance(found, dict):
            return found
        return json_response({"TableVersions": [found]} if action == "GetTableVersions" else {"TableVersion": found})

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

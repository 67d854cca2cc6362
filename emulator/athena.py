"""Athena: supported queries, the error for a missing workgroup, and the location of query results."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import duckdb
from ministack.services import athena

from emulator import hooks


def _error(theirs: Callable[..., Any], code: str, message: str, status: int) -> Any:
    """Terraform recreates a workgroup when the message has "is not found"; MiniStack omits "is"."""
    missing = message.startswith("WorkGroup ") and message.endswith(" not found")
    return theirs(code, f"{message.removesuffix(' not found')} is not found." if missing else message, status)


def _rejection(query: str) -> str | None:
    """Why the query is rejected. DuckDB would run several statements, and write local files."""
    words = (text for kind, text, *_ in athena._sql_tokens(query) if kind == "name")
    is_reading = next(words, "") in ("select", "with", "values")
    try:
        types = [statement.type for statement in duckdb.extract_statements(query)] if is_reading else []
    except duckdb.Error:
        return None  # the query fails with DuckDB's message
    if len(types) > 1:
        # Message as in https://github.com/EqualExperts/dbt-unit-testing/pull/53.
        return f"Only one sql statement is allowed. Got: {query}"
    if types == [duckdb.StatementType.SELECT]:
        return None
    return f"The local Athena runs SELECT, WITH and VALUES only, on AWS other statements may run: {query[:40]}"


def _start_query(theirs: Callable[..., Any], data: Mapping[str, Any]) -> Any:
    name = data.get("WorkGroup", "primary")
    if name not in athena._workgroups:
        return athena._get_workgroup({"WorkGroup": name})
    rejection = _rejection(data.get("QueryString", ""))
    return theirs(data) if rejection is None else athena.error_response_json("InvalidRequestException", rejection, 400)


async def _save_results(theirs: Callable[[str], Awaitable[None]], query_id: str) -> None:
    """MiniStack appends the file name to the output location, which already ends with it."""
    execution = athena._executions[query_id]
    configuration = execution["ResultConfiguration"]
    folder = configuration["OutputLocation"].removesuffix(f"{query_id}.csv")
    execution["ResultConfiguration"] = {**configuration, "OutputLocation": folder}
    await theirs(query_id)
    execution["ResultConfiguration"] = configuration


def install() -> None:
    hooks.wrap(athena, "error_response_json", _error)
    hooks.wrap(athena, "_start_query_execution", _start_query)
    hooks.wrap(athena, "_save_query_results", _save_results)

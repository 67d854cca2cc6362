"""Athena: which queries run, what AWS answers about a workgroup that does not exist, the place of a query's results."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import duckdb
from ministack.services import athena

from emulator import hooks


def _workgroup_not_found(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """Terraform creates a workgroup again when AWS says that it "is not found"; MiniStack leaves "is" out."""

    def error(code: str, message: str, status: int) -> Any:
        missing = message.startswith("WorkGroup ") and message.endswith(" not found")
        return theirs(code, f"{message.removesuffix(' not found')} is not found." if missing else message, status)

    return error


def _in_a_workgroup(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def start(data: Mapping[str, Any]) -> Any:
        name = data.get("WorkGroup", "primary")
        return theirs(data) if name in athena._workgroups else athena._get_workgroup({"WorkGroup": name})

    return start


def _refusal(query: str) -> str | None:
    """Why a query is not run. DuckDB alone would run several statements, and write files of this machine."""
    words = (text for kind, text, *_ in athena._sql_tokens(query) if kind == "name")
    is_reading = next(words, "") in ("select", "with", "values")
    try:
        types = [statement.type for statement in duckdb.extract_statements(query)] if is_reading else []
    except duckdb.Error:
        return None  # The query fails with DuckDB's message.
    if len(types) > 1:
        # In the words of https://github.com/EqualExperts/dbt-unit-testing/pull/53.
        return f"Only one sql statement is allowed. Got: {query}"
    if types == [duckdb.StatementType.SELECT]:
        return None
    return f"The local Athena runs SELECT, WITH and VALUES only, on AWS other statements may run: {query[:40]}"


def _one_query(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def start(data: Mapping[str, Any]) -> Any:
        refusal = _refusal(data.get("QueryString", ""))
        return theirs(data) if refusal is None else athena.error_response_json("InvalidRequestException", refusal, 400)

    return start


def _where_the_query_says(theirs: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
    """MiniStack takes the place of the CSV file, `…/ID.csv`, for a folder and appends the name once more."""

    async def save(query_id: str) -> None:
        execution = athena._executions[query_id]
        configuration = execution["ResultConfiguration"]
        folder = configuration["OutputLocation"].removesuffix(f"{query_id}.csv")
        execution["ResultConfiguration"] = {**configuration, "OutputLocation": folder}
        await theirs(query_id)
        execution["ResultConfiguration"] = configuration

    return save


def install() -> None:
    hooks.replace(athena, "error_response_json", _workgroup_not_found)
    hooks.replace(athena, "_start_query_execution", _one_query)
    hooks.replace(athena, "_start_query_execution", _in_a_workgroup)
    hooks.replace(athena, "_save_query_results", _where_the_query_says)

"""Athena's workgroups: what AWS answers about one that does not exist, in the words that Terraform looks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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
        if name not in athena._workgroups:
            return athena.error_response_json("InvalidRequestException", f"WorkGroup {name} is not found.", 400)
        return theirs(data)

    return start


def install() -> None:
    hooks.replace(athena, "error_response_json", _workgroup_not_found)
    hooks.replace(athena, "_start_query_execution", _in_a_workgroup)

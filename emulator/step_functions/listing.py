"""ListExecutions, whose answers are some seconds old: AWS calls it eventually consistent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from emulator import clock, hooks

LAG_SECONDS = 10
"""How long a start or an end takes to show, the same for all. AWS gives no number; the clock factor shortens it."""
PAGE = 100
LONGEST_PAGE = 1000
SHOWN = ("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate")


def list_executions(request: dict[str, Any]) -> Any:
    """A page of executions of a state machine, the latest first: by start while they run, by end after it."""
    machine, cursor = request.get("stateMachineArn", ""), None
    if machine not in stepfunctions._state_machines:
        return error_response_json("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine}'", 400)
    if token := request.get("nextToken"):
        cursor = stepfunctions._decode_execution_token(token)
        if cursor is None:
            return error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
    status = request.get("statusFilter")
    found = sorted(
        (seen for seen in _seen(machine) if status in (None, seen["status"])),
        key=stepfunctions._execution_sort_key,
        reverse=True,
    )
    rest = [seen for seen in found if cursor is None or stepfunctions._execution_sort_key(seen) < cursor]
    size = min(int(request.get("maxResults") or PAGE), LONGEST_PAGE)
    more = {"nextToken": stepfunctions._encode_execution_token(rest[size - 1])} if len(rest) > size else {}
    return json_response({"executions": rest[:size], **more})


def _seen(machine: str) -> Iterator[dict[str, Any]]:
    """The machine's executions as they were LAG_SECONDS ago."""
    then = datetime.now(timezone.utc) - timedelta(seconds=clock.shortened(LAG_SECONDS))
    for record in list(stepfunctions._executions.values()):
        if record["stateMachineArn"] != machine or _moment(record["startDate"]) > then:
            continue
        seen = {name: record.get(name) for name in SHOWN}
        if seen["stopDate"] and _moment(seen["stopDate"]) > then:
            seen.update(status="RUNNING", stopDate=None)
        yield seen


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def install() -> None:
    hooks.replace(stepfunctions, "_list_executions", lambda _: list_executions)

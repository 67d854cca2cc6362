"""ListExecutions, which is eventually consistent: the list is some seconds old."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ministack.services import stepfunctions

from emulator import clock
from emulator.models import ApiError, members, supported
from emulator.paging import page

LAG_SECONDS = 10
"""The delay of starts and ends in the list, shortened by the clock factor. AWS does not document it."""
DEFAULT_PAGE = 100
MAX_PAGE = 1000
SHOWN = ("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate")


def list_executions(request: dict[str, Any]) -> dict[str, Any]:
    """A page of a state machine's executions, latest first, by their end or else their start."""
    supported("ListExecutions", request, members("stateMachineArn statusFilter maxResults nextToken"))
    machine, status = request.get("stateMachineArn", ""), request.get("statusFilter")
    if machine not in stepfunctions._state_machines:
        raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{machine}'")
    found = [seen for seen in _seen(machine) if status in (None, seen["status"])]
    size = min(int(request.get("maxResults") or DEFAULT_PAGE), MAX_PAGE)
    rejection = ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    shown, following = page(found, _order, request.get("nextToken"), size, rejection, descending=True)
    return {"executions": shown, **({"nextToken": following} if following else {})}


def _order(seen: dict[str, Any]) -> str:
    return f"{seen['stopDate'] or seen['startDate']} {seen['executionArn']}"


def _seen(machine: str) -> Iterator[dict[str, Any]]:
    """The machine's executions LAG_SECONDS ago."""
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

"""Saves executions: changes are appended to a file, so that a save does not write whole histories."""

import contextvars
import copy
from collections.abc import Iterable
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import stepfunctions

from emulator import hooks, persistence
from emulator.models import Json
from emulator.step_functions import calls
from emulator.step_functions.errors import TaskError
from emulator.step_functions.execution import Execution

Key = tuple[str, str, str]
"""Account, region and ARN."""

RESTARTED = TaskError(
    "Emulator.Restarted", "The local AWS was stopped while the execution ran; on AWS it would have continued."
)

_saved: dict[Key, tuple[str, int]] = {}
"""The status and the number of events at the last save."""


def changes(everything: bool) -> list[Json]:
    """The changes since the last call, or `everything`, for `load`."""
    if everything:
        _saved.clear()
    found: list[Json] = []
    executions: list[tuple[Key, Json]] = stepfunctions._executions.all_items()
    for key, record in executions:
        state = (record["status"], len(record["events"]))
        status, count = _saved.get(key, ("", 0))
        if state != (status, count):
            rest = dict(record)
            events = rest.pop("events")
            found.append({"key": key, "record": rest, "events": events[count : state[1]]})
            _saved[key] = state
    for key in _saved.keys() - {key for key, _ in executions}:
        found.append({"key": key, "deleted": True})
        del _saved[key]
    return found


def load(lines: Iterable[Json]) -> None:
    executions: dict[Key, Json] = stepfunctions._executions._data
    for line in lines:
        account, region, arn = line["key"]
        if line.get("deleted"):
            executions.pop((account, region, arn), None)
            continue
        known = executions.setdefault((account, region, arn), {"events": []})
        known.update(line["record"])
        known["events"].extend(line["events"])


def _machines_only(_: Any) -> Any:
    """MiniStack's state without the executions."""

    def get_state() -> Json:
        return {
            "state_machines": copy.deepcopy(stepfunctions._state_machines),
            "tags": copy.deepcopy(stepfunctions._tags),
        }

    return get_state


def _end_what_ran() -> None:
    """After a restart: fail the executions that were running."""
    for (account, region, _), record in stepfunctions._executions.all_items():
        contextvars.copy_context().run(_end, account, region, record)


def _end(account: str, region: str, record: Json) -> None:
    set_request_account_id(account)
    set_request_region(region)
    machine = stepfunctions._state_machines.get(record["stateMachineArn"])
    if machine is None:  # killed between the saves of executions and machines
        stepfunctions._executions.pop(record["executionArn"], None)
        return
    Execution(record, machine).fail(RESTARTED, len(record["events"]))
    calls.finish_deletion(record["stateMachineArn"])


def install() -> None:
    hooks.replace(stepfunctions, "get_state", _machines_only)
    persistence.register_changes("executions", changes, load)
    persistence.after_load(_end_what_ran)

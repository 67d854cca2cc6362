"""StartExecution, StopExecution, ListExecutions and DeleteStateMachine with AWS's checks and errors."""

import json
import logging
import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.core.responses import get_account_id, get_region
from ministack.services import stepfunctions

from emulator import clock
from emulator.models import ApiError, Json, members, supported
from emulator.paging import page
from emulator.step_functions.data import MAX_BYTES
from emulator.step_functions.errors import RUNTIME, TaskError, TaskInterrupted
from emulator.step_functions.execution import WHOLE, Execution
from emulator.step_functions.interpreter import Branch

_log = logging.getLogger("emulator.states")

_FORBIDDEN = re.compile(r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]')
"""Characters that are not allowed in names: API reference of CreateStateMachine and StartExecution."""

LAG_SECONDS = 10
"""The delay of starts and ends in the list, shortened by the clock factor. AWS does not document it."""
DEFAULT_PAGE = 100
MAX_PAGE = 1000
SHOWN = ("executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate")

_running: dict[str, Execution] = {}


def _check_name(name: str) -> None:
    if _FORBIDDEN.search(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def active_machine(arn: str) -> Json:
    """The machine's record. ApiError when it does not exist or is being deleted."""
    machine: Json | None = stepfunctions._state_machines.get(arn)
    if machine is None:
        raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
    if machine["status"] != "ACTIVE":
        raise ApiError("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")
    return machine


def machine_arn(name: str) -> str:
    return f"arn:aws:states:{get_region()}:{get_account_id()}:stateMachine:{name}"


def check_new(name: str) -> None:
    """ApiError when the name is invalid, or the machine of this name is being deleted."""
    _check_name(name)
    if machine_arn(name) in stepfunctions._state_machines:
        active_machine(machine_arn(name))


def start_execution(request: Json) -> Json:
    """Idempotent: returns a running execution with the same name and input."""
    machine = active_machine(request["stateMachineArn"])
    name, given = request.get("name") or str(uuid.uuid4()), request.get("input", "{}")
    _check_name(name)
    try:
        json.loads(given, parse_constant=_reject_constant)
    except ValueError as invalid:
        raise ApiError("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{invalid}'") from None
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{name}"
    same = stepfunctions._executions.get(arn)
    if same is None:
        same = _new_record(arn, machine, name, given)
        stepfunctions._executions[arn] = same
        stepfunctions._emit_execution_status_event(same)
        spawn_background(_run, arn, machine, thread_name=f"execution-{name}")
    elif same["status"] != "RUNNING" or same["input"] != given:
        raise ApiError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
    return {"executionArn": arn, "startDate": same["startDate"]}


def _reject_constant(constant: str) -> Any:
    """NaN and Infinity are not JSON."""
    raise ValueError(f"{constant} is not JSON")


def check_input(request: Json) -> None:
    """ApiError when the input is too long; the message does not contain the input."""
    if len(str(request.get("input", "")).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ApiError(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less "
            f"than or equal to {MAX_BYTES}",
        )


def _new_record(arn: str, machine: Json, name: str, given: str) -> Json:
    now = stepfunctions.now_iso()
    details = {"input": given, "inputDetails": WHOLE, "roleArn": machine["roleArn"]}
    started = {"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": now}
    return {
        "executionArn": arn,
        "stateMachineArn": machine["stateMachineArn"],
        "name": name,
        "status": "RUNNING",
        "startDate": now,
        "stopDate": None,
        "input": given,
        "output": None,
        "events": [{**started, "executionStartedEventDetails": details}],
    }


def _run(arn: str, machine: Json) -> None:
    """Run the execution to its end, with the machine's current definition and role."""
    definition = json.loads(machine["definition"])
    execution = Execution(stepfunctions._executions[arn], dict(machine))
    _running[arn] = execution
    if execution.record["status"] != "RUNNING":  # stopped before its start
        execution.scope.interrupt()
    timer = execution.limit(definition["TimeoutSeconds"]) if "TimeoutSeconds" in definition else None
    branch = Branch(execution, definition, execution.scope, {})
    try:
        execution.succeed(branch.run(json.loads(execution.record["input"])), branch.previous)
    except TaskInterrupted:
        _log.info("execution %s was interrupted: %s", arn, execution.record["status"])
    except TaskError as failed:
        execution.fail(failed, branch.previous)
    except Exception as broken:
        _log.exception("execution %s broke the interpreter", arn)
        execution.fail(TaskError(RUNTIME, repr(broken)), branch.previous)
    finally:
        _running.pop(arn, None)
        if timer:
            timer.cancel()
        finish_deletion(machine["stateMachineArn"])


def stop_execution(request: Json) -> Json:
    arn = request["executionArn"]
    record = stepfunctions._executions.get(arn)
    if record is None:
        raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
    execution = _running.get(arn) or Execution(record, stepfunctions._state_machines[record["stateMachineArn"]])
    execution.abort({name: request[name] for name in ("error", "cause") if request.get(name)})
    if record["status"] != "ABORTED":
        raise ApiError("ValidationException", "Execution is not running")
    finish_deletion(record["stateMachineArn"])
    return {"stopDate": record["stopDate"]}


def delete_state_machine(request: Json) -> Json:
    """The machine is DELETING until its executions end, at their next transition or when they are stopped."""
    machine = stepfunctions._state_machines.get(request["stateMachineArn"])
    if machine is not None:  # on AWS a missing machine is not an error
        machine["status"] = "DELETING"
        finish_deletion(request["stateMachineArn"])
    return {}


def finish_deletion(arn: str) -> None:
    """Delete a machine in the state DELETING, and its executions, when none of them runs."""
    machine = stepfunctions._state_machines.get(arn)
    if machine is None or machine["status"] == "ACTIVE":
        return
    executions = [record for record in stepfunctions._executions.values() if record["stateMachineArn"] == arn]
    if any(record["status"] == "RUNNING" for record in executions):
        return
    stepfunctions._state_machines.pop(arn, None)
    stepfunctions._tags.pop(arn, None)
    for record in executions:
        stepfunctions._executions.pop(record["executionArn"], None)


def list_executions(request: Json) -> Json:
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


def _order(seen: Json) -> str:
    return f"{seen['stopDate'] or seen['startDate']} {seen['executionArn']}"


def _seen(machine: str) -> Iterator[Json]:
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

"""The hooks into MiniStack's Step Functions API."""

from __future__ import annotations

import contextvars
import json
import logging
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response, set_request_account_id, set_request_region
from ministack.services import stepfunctions

from emulator import hooks, persistence
from emulator.models import ApiError
from emulator.step_functions import creation, data, validation
from emulator.step_functions.errors import TaskError, TaskInterrupted
from emulator.step_functions.execution import Execution, add_event
from emulator.step_functions.interpreter import Branch

_log = logging.getLogger("emulator.states")

Handler = Callable[[dict[str, Any]], Any]

_running: dict[str, Execution] = {}


def run_execution(arn: str) -> None:
    """Run the execution `arn` to its end, in the thread that MiniStack made for it."""
    record = stepfunctions._executions.get(arn)
    machine = stepfunctions._state_machines.get(record["stateMachineArn"]) if record else None
    if record is None or machine is None:
        return
    definition = json.loads(machine["definition"])
    record["events"][0].setdefault("previousEventId", 0)  # ExecutionStarted, which MiniStack writes
    execution = Execution(record, dict(machine))
    _running[arn] = execution
    if record["status"] != "RUNNING":  # stopped before it began
        execution.scope.interrupt()
    timer = execution.limit(definition["TimeoutSeconds"]) if "TimeoutSeconds" in definition else None
    branch = Branch(execution, definition, execution.scope, {}, definition.get("QueryLanguage", "JSONPath"))
    try:
        execution.succeed(branch.run(json.loads(record["input"])), branch.previous)
    except TaskInterrupted:
        _log.info("execution %s was interrupted: %s", arn, record["status"])
    except TaskError as failed:
        execution.fail(failed, branch.previous)
    except Exception as broken:
        _log.exception("execution %s broke the interpreter", arn)
        execution.fail(TaskError("States.Runtime", repr(broken)), branch.previous)
    finally:
        _running.pop(arn, None)
        if timer:
            timer.cancel()


def _start_execution(start: Handler) -> Handler:
    """StartExecution with its input checked, and repeatable by name while the execution runs."""

    def start_execution(request: dict[str, Any]) -> Any:
        given = request.setdefault("input", "{}")
        try:
            json.loads(given)
        except ValueError as invalid:
            return error_response_json(
                "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{invalid}'", 400
            )
        machine = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
        same = stepfunctions._executions.get(
            f"{request.get('stateMachineArn', '').replace(':stateMachine:', ':execution:')}:{request.get('name')}"
        )
        if same and machine.get("type") == "STANDARD" and same["status"] == "RUNNING" and same["input"] == given:
            return json_response({"executionArn": same["executionArn"], "startDate": same["startDate"]})
        return start(request)

    return start_execution


def _stop_execution(stop: Handler) -> Handler:
    def stop_execution(request: dict[str, Any]) -> Any:
        answer = stop(request)
        execution = _running.get(request.get("executionArn", ""))
        if execution is not None and execution.record["status"] == "ABORTED":
            execution.scope.interrupt()
        return answer

    return stop_execution


async def _checked(
    handle: Callable[..., Any], method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Any:
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action not in ("CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine"):
        return await handle(method, path, headers, body, query)
    request = json.loads(body or b"{}")
    machine = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
    if action != "DescribeStateMachine":
        try:
            creation.check(request, machine, headers, query)
        except ApiError as refused:
            return error_response_json(refused.code, refused.message, 400)
    status, answer_headers, answer = await handle(method, path, headers, body, query)
    if status == 200:
        content = json.loads(answer)
        machine = stepfunctions._state_machines.get(content.get("stateMachineArn", machine.get("stateMachineArn")), {})
        if action == "DescribeStateMachine":
            content["tracingConfiguration"] = machine.get("tracingConfiguration", {"enabled": False})
            return json_response(content)
        if "tracingConfiguration" in request:  # MiniStack does not keep it
            machine["tracingConfiguration"] = request["tracingConfiguration"]
    return status, answer_headers, answer


def _handle_request(handle: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *request: _checked(handle, *request)


def _validate(request: dict[str, Any]) -> Any:
    found = validation.diagnose(request.get("definition", ""), request.get("type", "STANDARD"))
    limit = request.get("maxResults") or 100
    return json_response(
        {
            "result": "FAIL" if found else "OK",
            "diagnostics": [diagnostic.as_answer() for diagnostic in found[:limit]],
            "truncated": len(found) > limit,
        }
    )


def _end_what_ran() -> None:
    """After a restart: executions that MiniStack found RUNNING get their end in the history and on the event bus."""
    for record in stepfunctions._executions.all_values():
        if record["status"] == "FAILED" and record.get("error") == "States.ServiceRestart":
            contextvars.copy_context().run(_end_interrupted, record)


def _end_interrupted(record: dict[str, Any]) -> None:
    _, _, _, region, account, *_ = record["executionArn"].split(":")
    set_request_account_id(account)
    set_request_region(region)
    cause = "The local AWS was stopped while the execution ran; on AWS it would have gone on."
    record.update(error="Emulator.Restarted", cause=cause, output=None)
    details = {"error": record["error"], "cause": cause}
    add_event(record, "ExecutionFailed", {"executionFailedEventDetails": details})
    stepfunctions._emit_execution_status_event(record)


def install() -> None:
    hooks.replace(stepfunctions, "_resolve_path", lambda _: data.strict_look_up)
    hooks.replace(stepfunctions, "_add_event", lambda _: add_event)
    hooks.replace(stepfunctions, "_run_execution", lambda _: run_execution)
    hooks.replace(stepfunctions, "_start_execution", _start_execution)
    hooks.replace(stepfunctions, "_stop_execution", _stop_execution)
    hooks.replace(stepfunctions, "_validate_state_machine_definition", lambda _: _validate)
    hooks.replace(stepfunctions, "handle_request", _handle_request)
    persistence.after_load(_end_what_ran)

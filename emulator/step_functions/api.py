"""The hooks into MiniStack's Step Functions API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from emulator import hooks, json_protocol, models
from emulator.models import ApiError
from emulator.step_functions import calls, creation, listing, stored_executions, validation

Json = dict[str, Any]

SUPPORTED = frozenset(
    {
        *("CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine", "DeleteStateMachine"),
        *("ListStateMachines", "ListStateMachineVersions", "ValidateStateMachineDefinition"),
        "DescribeStateMachineForExecution",
        *("StartExecution", "StopExecution", "DescribeExecution", "ListExecutions", "GetExecutionHistory"),
        *("TagResource", "UntagResource", "ListTagsForResource"),
    }
)


async def _checked(
    handle: Callable[..., Any], method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Any:
    action = json_protocol.action_of(headers)
    try:
        request = json.loads(body or b"{}")
        machine = _check(action, request, headers, query)
    except ValueError:
        return json_protocol.refusal(ApiError("SerializationException", "The request is not JSON."))
    except ApiError as refused:
        return json_protocol.refusal(refused)
    status, answer_headers, answer = await handle(method, path, headers, body, query)
    if status != 200 or action not in ("CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine"):
        return status, answer_headers, answer
    content = json.loads(answer)
    machine = stepfunctions._state_machines.get(content.get("stateMachineArn", request.get("stateMachineArn")), machine)
    if action == "DescribeStateMachine":
        return json_response({"tracingConfiguration": {"enabled": False}, **content})
    if "tracingConfiguration" in request:  # MiniStack does not keep it
        machine["tracingConfiguration"] = request["tracingConfiguration"]
    return status, answer_headers, answer


def _check(action: str, request: Json, headers: dict[str, str], query: Any) -> Json:
    """The machine that the request names, {} without one; ApiError when AWS, or the local AWS, refuses the request."""
    if action not in SUPPORTED:
        raise ApiError("UnsupportedOperationException", f"The local AWS does not support {action} of Step Functions.")
    calls.check_input(request)
    models.check(models.service_model("stepfunctions").operation_model(action), request)
    machine: Json = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
    if action == "CreateStateMachine":
        calls.check_new(request["name"])
    if action == "UpdateStateMachine":
        calls.active_machine(request["stateMachineArn"])
    if action in ("CreateStateMachine", "UpdateStateMachine"):
        creation.check(request, machine, headers, query)
    return machine


def _validate(request: Json) -> Json:
    found = validation.diagnose(request["definition"], request.get("type", "STANDARD"))
    limit = request.get("maxResults") or 100
    return {
        "result": "FAIL" if found else "OK",
        "diagnostics": [diagnostic.as_answer() for diagnostic in found[:limit]],
        "truncated": len(found) > limit,
    }


def install() -> None:
    for name, handle in {
        "_start_execution": calls.start_execution,
        "_stop_execution": calls.stop_execution,
        "_delete_state_machine": calls.delete_state_machine,
        "_list_executions": listing.list_executions,
        "_validate_state_machine_definition": _validate,
    }.items():
        hooks.replace(stepfunctions, name, lambda _, ours=handle: json_protocol.answering(ours))  # type: ignore[misc]
    hooks.replace(stepfunctions, "_run_execution", lambda _: _refuse_to_run)
    hooks.replace(stepfunctions, "handle_request", lambda handle: lambda *request: _checked(handle, *request))
    stored_executions.install()


def _refuse_to_run(arn: str) -> None:
    raise RuntimeError(f"MiniStack would run {arn} by its own interpreter")

"""The hooks into MiniStack's Step Functions API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from emulator import hooks, models
from emulator.models import ApiError
from emulator.step_functions import calls, creation, kept_executions, validation

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
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    try:
        request = json.loads(body or b"{}")
        machine = _check(action, request, headers, query)
    except ValueError:
        return error_response_json("SerializationException", "The request is not JSON.", 400)
    except ApiError as refused:
        return error_response_json(refused.code, refused.message, 400)
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
    """The machine that the request names, {} without one; ApiError when AWS, or the local AWS, refuses it."""
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


def _answering(handle: Callable[[Json], Json]) -> Callable[[Any], Any]:
    """A replacement of MiniStack's handler that answers with ApiError as an error."""

    def handler(request: Json) -> Any:
        try:
            return json_response(handle(request))
        except ApiError as refused:
            return error_response_json(refused.code, refused.message, 400)

    return lambda _: handler


def _validate(request: Json) -> Json:
    found = validation.diagnose(request["definition"], request.get("type", "STANDARD"))
    limit = request.get("maxResults") or 100
    return {
        "result": "FAIL" if found else "OK",
        "diagnostics": [diagnostic.as_answer() for diagnostic in found[:limit]],
        "truncated": len(found) > limit,
    }


def install() -> None:
    hooks.replace(stepfunctions, "_start_execution", _answering(calls.start_execution))
    hooks.replace(stepfunctions, "_stop_execution", _answering(calls.stop_execution))
    hooks.replace(stepfunctions, "_delete_state_machine", _answering(calls.delete_state_machine))
    hooks.replace(stepfunctions, "_validate_state_machine_definition", _answering(_validate))
    hooks.replace(stepfunctions, "_run_execution", lambda _: _refuse_to_run)
    hooks.replace(stepfunctions, "handle_request", lambda handle: lambda *request: _checked(handle, *request))
    kept_executions.install()


def _refuse_to_run(arn: str) -> None:
    raise RuntimeError(f"MiniStack would run {arn} by its own interpreter")

"""Hooks into MiniStack's Step Functions API, and the checks when a state machine is created or updated."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region, json_response
from ministack.services import cloudwatch_logs, stepfunctions

from emulator import hooks, json_protocol, models, roles
from emulator.authorization import AccessDenied, require
from emulator.models import ApiError, Json
from emulator.step_functions import calls, monitoring, stored_executions, validation

SUPPORTED = frozenset(
    {
        *("CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine", "DeleteStateMachine"),
        *("ListStateMachines", "ListStateMachineVersions", "ValidateStateMachineDefinition"),
        "DescribeStateMachineForExecution",
        *("StartExecution", "StopExecution", "DescribeExecution", "ListExecutions", "GetExecutionHistory"),
        *("TagResource", "UntagResource", "ListTagsForResource"),
    }
)
LOG_DELIVERY = (
    *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"),
    *("PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"),
)
"""Actions on "*" that the role needs for logging."""


async def _checked(
    handle: Callable[..., Any], method: str, path: str, headers: dict[str, str], body: bytes, query: Any
) -> Any:
    action = json_protocol.action_of(headers)
    try:
        request = json.loads(body or b"{}")
        machine = _check(action, request, headers, query)
    except ValueError:
        return json_protocol.error_response(ApiError("SerializationException", "The request is not JSON."))
    except ApiError as rejected:
        return json_protocol.error_response(rejected)
    status, answer_headers, answer = await handle(method, path, headers, body, query)
    if status != 200 or action not in ("CreateStateMachine", "UpdateStateMachine", "DescribeStateMachine"):
        return status, answer_headers, answer
    content = json.loads(answer)
    if action == "DescribeStateMachine":
        return json_response({"tracingConfiguration": {"enabled": False}, **content})
    machine = stepfunctions._state_machines.get(content.get("stateMachineArn"), machine)
    if "tracingConfiguration" in request:  # MiniStack does not store it
        machine["tracingConfiguration"] = request["tracingConfiguration"]
    return status, answer_headers, answer


def _check(action: str, request: Json, headers: dict[str, str], query: Any) -> Json:
    """The request's state machine, or {}. ApiError when the request is invalid or not supported."""
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
        _check_machine({**machine, **request}, request, headers, query)
    return machine


def _check_machine(machine: Json, changed: Json, headers: dict[str, str], query: Any) -> None:
    """ApiError when the `machine` with the fields in `changed` is invalid."""
    if changed.get("publish"):
        raise ApiError("ValidationException", "The local AWS does not support versions: omit publish.")
    if "definition" in changed:
        found = validation.diagnose(changed["definition"], machine.get("type", "STANDARD"))
        if found:
            listed = ", ".join(str(diagnostic) for diagnostic in found)
            raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{listed}'")
    role = machine["roleArn"]
    if "roleArn" in changed:
        roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": "states.amazonaws.com"})
        principals = ("states.amazonaws.com", f"states.{get_region()}.amazonaws.com")
        if not any(roles.trusts(role, principal, calls.machine_arn(machine["name"])) for principal in principals):
            raise ApiError(
                "AccessDeniedException",
                "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to "
                "assume the provided role.",
            )
    if changed.get("loggingConfiguration", {}).get("level", "OFF") != "OFF":
        _check_logging(changed["loggingConfiguration"].get("destinations", []), role)


def _check_logging(destinations: list[Json], role: str) -> None:
    try:
        for action in LOG_DELIVERY:
            require(role, f"logs:{action}")
    except AccessDenied:
        raise ApiError(
            "AccessDeniedException", "The state machine IAM Role is not authorized to access the Log Destination"
        ) from None
    if len(destinations) != 1:
        raise _invalid_logging("Must specify exactly one Log Destination.")
    arn = destinations[0].get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
    if not arn.endswith(":*"):
        raise _invalid_logging(f"the ARN '{arn}' must end in ':*'.")
    if monitoring.group_name(arn) not in cloudwatch_logs._log_groups:
        raise _invalid_logging(f"the log group '{arn}' does not exist.")


def _invalid_logging(problem: str) -> ApiError:
    return ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {problem}")


def _validate(request: Json) -> Json:
    found = validation.diagnose(request["definition"], request.get("type", "STANDARD"))
    limit = request.get("maxResults") or 100
    return {
        "result": "FAIL" if found else "OK",
        "diagnostics": [diagnostic.as_answer() for diagnostic in found[:limit]],
        "truncated": len(found) > limit,
    }


def _reject_run(arn: str) -> None:
    raise RuntimeError(f"MiniStack would run {arn} with its own interpreter")


def install() -> None:
    for name, handle in {
        "_start_execution": calls.start_execution,
        "_stop_execution": calls.stop_execution,
        "_delete_state_machine": calls.delete_state_machine,
        "_list_executions": calls.list_executions,
        "_validate_state_machine_definition": _validate,
    }.items():
        hooks.replace(stepfunctions, name, lambda _, ours=handle: json_protocol.answering(ours))  # type: ignore[misc]
    hooks.replace(stepfunctions, "_run_execution", lambda _: _reject_run)
    hooks.replace(stepfunctions, "handle_request", lambda handle: lambda *request: _checked(handle, *request))
    stored_executions.install()

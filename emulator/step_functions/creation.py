"""What AWS checks when a state machine is created or updated: its definition, its role, its log group."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs

from emulator import roles
from emulator.authorization import AccessDenied, require
from emulator.models import ApiError
from emulator.step_functions import monitoring, validation

LOG_DELIVERY = (
    *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "ListLogDeliveries"),
    *("PutResourcePolicy", "DescribeResourcePolicies", "DescribeLogGroups"),
)
"""Actions on "*" that the role needs before Step Functions sets up logging."""

Json = dict[str, Any]


def check(request: Json, machine: Json, headers: dict[str, str], query: Any) -> None:
    """ApiError when AWS would refuse CreateStateMachine or UpdateStateMachine (of `machine`)."""
    if request.get("publish"):
        raise ApiError("ValidationException", "The local AWS does not support versions: leave out publish.")
    if "definition" in request:
        kind = str(request.get("type") or machine.get("type", "STANDARD"))
        found = validation.diagnose(request["definition"], kind)
        if found:
            listed = ", ".join(str(diagnostic) for diagnostic in found)
            raise ApiError("InvalidDefinition", f"Invalid State Machine Definition: '{listed}'")
    role = request.get("roleArn")
    if role:
        _check_role(role, request.get("name") or machine.get("name", "*"), headers, query)
    if "loggingConfiguration" in request:
        _check_logging(request["loggingConfiguration"], role or machine.get("roleArn", ""))


def _check_role(role: str, name: str, headers: dict[str, str], query: Any) -> None:
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": "states.amazonaws.com"})
    machine_arn = f"arn:aws:states:{get_region()}:{get_account_id()}:stateMachine:{name}"
    principals = ("states.amazonaws.com", f"states.{get_region()}.amazonaws.com")
    if not any(roles.trusts(role, principal, machine_arn) for principal in principals):
        raise ApiError(
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to "
            "assume the provided role.",
        )


def _check_logging(configuration: Json, role: str) -> None:
    if configuration.get("level", "OFF") == "OFF":
        return
    try:
        for action in LOG_DELIVERY:
            require(role, f"logs:{action}")
    except AccessDenied:
        raise ApiError(
            "AccessDeniedException", "The state machine IAM Role is not authorized to access the Log Destination"
        ) from None
    destinations = configuration.get("destinations", [])
    if len(destinations) != 1:
        raise _invalid_logging("Must specify exactly one Log Destination.")
    arn = destinations[0].get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
    if not arn.endswith(":*"):
        raise _invalid_logging(f"the ARN '{arn}' must end in ':*'.")
    if monitoring.group_name(arn) not in cloudwatch_logs._log_groups:
        raise _invalid_logging(f"the log group '{arn}' does not exist.")


def _invalid_logging(problem: str) -> ApiError:
    return ApiError("InvalidLoggingConfiguration", f"Invalid Logging Configuration: {problem}")

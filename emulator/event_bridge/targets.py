"""Delivers events to targets, with the permissions of the target's role or of the target's resource policy."""

import json
from functools import lru_cache, partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc

from emulator import key_permissions, roles
from emulator.authorization import Credentials
from emulator.event_bridge.retries import DeliveryError, Exhausted, call_of, start
from emulator.models import Json
from emulator.role_client import role_client
from emulator.step_functions import sdk

SERVICE = "events.amazonaws.com"
BY_POLICY = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}
"""The action that the target's resource policy must allow, if the target does not have a role."""

_ROOT = Credentials("test", "test", "")
_CODES = {
    "NO_PERMISSIONS": ("AccessDenied", "AccessDeniedException", "AuthorizationError", "KMSAccessDeniedException"),
    "NO_RESOURCE": (
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "NotFound",
        "NotFoundException",
        "StateMachineDoesNotExist",
    ),
    "INVALID_JSON": ("InvalidExecutionInput", "InvalidRequestContentException"),
}


def invoke(target: Json, event: Json, rule: Json, view: Any = None) -> None:
    """Deliver an event to a target of a rule in the background."""
    text = json.dumps((view or eventbridge._pattern_event_view(event)).event_with_detail())
    what = f"rule {rule.get('Name')} to {target['Arn']}"
    start(what, target, lambda _: _deliver(target, rule, text), partial(_send_dead_letter, target, rule, text))


def _deliver(target: Json, rule: Json, payload: str) -> None:
    arn, role = target["Arn"], target.get("RoleArn")
    _, _, service, region, account, *_ = arn.split(":")
    if (region, account) != (get_region(), get_account_id()):
        raise DeliveryError("NO_RESOURCE", f"{arn} is in another Region or account.", retryable=False)
    called, operation, arguments = call_of(arn, payload)
    if role:
        if not roles.trusts(role, SERVICE, rule["Arn"]):
            raise DeliveryError("FAILED_TO_ASSUME_ROLE", role_rejected(role), retryable=False)
        _send(sdk.client(role, "events", called), operation, arguments)
        return
    if service == "lambda" and lambda_svc._get_func_record_for_ref(arn)[0] is None:
        raise DeliveryError("NO_RESOURCE", f"Function not found: {arn}", retryable=False)
    require_policy(BY_POLICY[service], arn, rule["Arn"])
    _send(_root(called, get_region()), operation, arguments)


def role_rejected(role: str) -> str:
    return f"Provided role '{role}' cannot be assumed by principal '{SERVICE}'."


def require_policy(action: str, arn: str, source_arn: str, service: str = SERVICE) -> None:
    """DeliveryError unless the policies of the resource `arn` and of its key allow `service` the `action`."""
    # A topic's default policy requires aws:SourceOwner, which CloudWatch sends and EventBridge does not.
    owner = {"aws:sourceowner": get_account_id()} if service == "cloudwatch.amazonaws.com" else {}
    stated = {"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id(), **owner}
    policy = iam_evaluator._resource_policy(action.split(":")[0], arn)
    if not roles.service_may(service, action, arn, policy[0] if policy else None, stated):
        raise DeliveryError(
            "NO_PERMISSIONS",
            f"User: {service} is not authorized to perform: {action} on resource: {arn} because no resource-based "
            f"policy allows the {action} action for {source_arn}",
            retryable=False,
        )
    if rejection := key_permissions.service_rejection(service, action, arn):
        raise DeliveryError("NO_PERMISSIONS", rejection, retryable=False)


@lru_cache
def _root(service: str, region: str) -> Any:
    """A client for calls that the target's policy allows: a service principal does not have credentials."""
    return role_client(service, _ROOT)


def _send(client: Any, operation: str, arguments: Json) -> None:
    try:
        client._make_api_call(operation, arguments)
    except ClientError as failed:
        error, status = failed.response["Error"], failed.response["ResponseMetadata"].get("HTTPStatusCode", 500)
        busy = status == 429 or "Throttl" in error["Code"]
        known = next((code for code, names in _CODES.items() if error["Code"] in names), "ERROR_FROM_TARGET")
        code = "THROTTLING" if busy else known
        raise DeliveryError(code, error["Message"], retryable=busy or status >= 500) from None
    except BotoCoreError as failed:
        raise DeliveryError("SDK_CLIENT_ERROR", str(failed), retryable=False) from None


def _send_dead_letter(target: Json, rule: Json, event: str, exhausted: Exhausted) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        require_policy("sqs:SendMessage", queue, rule["Arn"])
        attributes = exhausted.attributes(RULE_ARN=rule["Arn"], TARGET_ARN=target["Arn"])
        _, operation, message = call_of(queue, event)
        _send(_root("sqs", get_region()), operation, {**message, "MessageAttributes": attributes})

"""Delivery of events to targets, with the permission that AWS asks for: the target's role, or the target's policy."""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import ministack.app as app
from botocore.exceptions import BotoCoreError, ClientError
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge, lambda_svc

from emulator import roles
from emulator.authorization import Credentials
from emulator.event_bridge import input_path, retries
from emulator.role_client import role_client
from emulator.scheduler.targets import queue_url
from emulator.step_functions import sdk

Json = dict[str, Any]
Call = tuple[str, str, Json]

SERVICE = "events.amazonaws.com"
ROLE_REQUIRED = ("states", "firehose")
BY_POLICY = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
"""Action that the target's own policy must allow to the rule, when the target has no role."""
SUPPORTED = (*ROLE_REQUIRED, *BY_POLICY, "events")

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


def invoke(deliver_inside: Callable[..., None]) -> Callable[..., None]:
    """MiniStack's `_invoke_target`: from here on in the background; event buses are left to `deliver_inside`."""

    def invoke_target(target: Json, event: Json, rule: Json, view: Any = None) -> None:
        seen = view or eventbridge._pattern_event_view(event)
        context = contextvars.copy_context()

        def attempt(_: int) -> None:
            if target["Arn"].split(":")[2] == "events":
                context.copy().run(_to_bus, deliver_inside, target, event, rule, seen)
            else:
                _deliver(target, rule, _payload(target, rule, seen))

        def bury(exhausted: retries.Exhausted) -> None:
            cloudwatch.record_metric("AWS/Events", "FailedInvocations", 1, "Count", {"RuleName": rule["Name"]})
            _bury(target, rule, json.dumps(seen.event_with_detail()), exhausted)

        what = f"rule {rule.get('Name')} to {target['Arn']}"
        retries.start(what, attempt, retries.Policy.of(target), bury)

    return invoke_target


def _to_bus(deliver_inside: Callable[..., None], target: Json, event: Json, rule: Json, view: Any) -> None:
    bus = target["Arn"].rpartition("/")[2]
    if ":event-bus/" in target["Arn"] and bus not in eventbridge._event_buses:
        raise retries.DeliveryError("NO_RESOURCE", f"Event bus {bus} does not exist.", retryable=False)
    deliver_inside(target, event, rule, view)


def _payload(target: Json, rule: Json, view: Any) -> str:
    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    event = view.event_with_detail()
    if target.get("InputPath"):
        try:
            found = input_path.look_up(target["InputPath"], event)
        except ValueError as unknown:
            raise retries.DeliveryError("INVALID_PARAMETER", str(unknown), retryable=False) from None
        return json.dumps(event if found is input_path.MISSING else found)
    return json.dumps(event)


def _deliver(target: Json, rule: Json, payload: str) -> None:
    arn, role = target["Arn"], target.get("RoleArn")
    _, _, service, region, account, *_ = arn.split(":")
    if (region, account) != (get_region(), get_account_id()):
        raise retries.DeliveryError("NO_RESOURCE", f"{arn} is in another Region or account.", retryable=False)
    called, operation, arguments = _call(service, target, payload)
    if role:
        _trusted(role, rule)
        _send(sdk.client(role, "events", called), operation, arguments)
        return
    if service == "lambda" and lambda_svc._get_func_record_for_ref(arn)[0] is None:
        raise retries.DeliveryError("NO_RESOURCE", f"Function not found: {arn}", retryable=False)
    require_policy(BY_POLICY[service], arn, rule["Arn"])
    _send(_root(called, get_region()), operation, arguments)


def _call(service: str, target: Json, payload: str) -> Call:
    arn = target["Arn"]
    if service == "lambda":
        return "lambda", "Invoke", {"FunctionName": arn, "InvocationType": "Event", "Payload": payload}
    if service == "sqs":
        return "sqs", "SendMessage", {"QueueUrl": queue_url(arn), "MessageBody": payload, **_fifo(target)}
    if service == "sns":
        return "sns", "Publish", {"TopicArn": arn, "Message": payload}
    if service == "states":
        return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": payload}
    stream = arn.rpartition("/")[2]
    return "firehose", "PutRecord", {"DeliveryStreamName": stream, "Record": {"Data": payload.encode()}}


def _fifo(target: Json) -> Json:
    return dict(target.get("SqsParameters") or {}) if target["Arn"].endswith(".fifo") else {}


def _trusted(role: str, rule: Json) -> None:
    if not roles.trusts(role, SERVICE, rule["Arn"]):
        raise retries.DeliveryError("FAILED_TO_ASSUME_ROLE", role_refused(role), retryable=False)


def role_refused(role: str) -> str:
    return f"Provided role '{role}' cannot be assumed by principal '{SERVICE}'."


def require_policy(action: str, arn: str, source_arn: str, service: str = SERVICE) -> None:
    """DeliveryError unless the policy of the resource `arn` lets `service` do `action` for `source_arn`."""
    if not app.AUTH:
        return
    # The default policy of a topic asks for the owner of the source, which CloudWatch tells and EventBridge does not.
    owner = {"aws:sourceowner": get_account_id()} if service == "cloudwatch.amazonaws.com" else {}
    context = iam_evaluator.EvalContext(
        principal_arn="",
        principal_type="Service",
        principal_account=get_account_id(),
        action=action,
        resource_arn=arn,
        region=get_region(),
        secure_transport=True,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": get_account_id(), **owner},
    )
    policy = iam_evaluator._resource_policy(action.split(":")[0], arn)
    document = policy[0] if policy else None
    if iam_evaluator.evaluate_resource_policy(document, context, service=service).decision != "Allow":
        raise retries.DeliveryError(
            "NO_PERMISSIONS",
            f"User: {service} is not authorized to perform: {action} on resource: {arn} because no resource-based "
            f"policy allows the {action} action for {source_arn}",
            retryable=False,
        )


@lru_cache
def _root(service: str, region: str) -> Any:
    """A client for what the target's policy has allowed: a service principal has no credentials to sign with."""
    return role_client(service, _ROOT)


def _send(client: Any, operation: str, arguments: Json) -> None:
    try:
        client._make_api_call(operation, arguments)
    except ClientError as failed:
        error, status = failed.response["Error"], failed.response["ResponseMetadata"].get("HTTPStatusCode", 500)
        busy = status == 429 or "Throttl" in error["Code"]
        known = next((code for code, names in _CODES.items() if error["Code"] in names), "ERROR_FROM_TARGET")
        code = "THROTTLING" if busy else known
        raise retries.DeliveryError(code, error["Message"], retryable=busy or status >= 500) from None
    except BotoCoreError as failed:
        raise retries.DeliveryError("SDK_CLIENT_ERROR", str(failed), retryable=False) from None


def _bury(target: Json, rule: Json, event: str, exhausted: retries.Exhausted) -> None:
    queue = (target.get("DeadLetterConfig") or {}).get("Arn")
    if queue:
        require_policy("sqs:SendMessage", queue, rule["Arn"])
        attributes = exhausted.attributes(RULE_ARN=rule["Arn"], TARGET_ARN=target["Arn"])
        arguments = {"QueueUrl": queue_url(queue), "MessageBody": event, "MessageAttributes": attributes}
        _send(_root("sqs", get_region()), "SendMessage", arguments)

"""Roles that AWS services assume: credentials and permission checks.

MiniStack checks the caller of a request. This module checks services that act with a role (Step Functions, Firehose,
EMR), with the same evaluator.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch_logs, sts

from emulator import encryption_keys, hooks
from emulator.json_protocol import action_of

SESSION_SECONDS = 12 * 3600
RESOURCES: dict[str, Callable[[str, str, Mapping[str, str], bytes], str | None]] = {}
"""Service name in IAM → the ARN that a request (method, path, headers, body) accesses; None leaves it to MiniStack."""
ABOUT_STREAMS = (
    *("CreateLogStream", "DeleteLogStream", "DescribeLogStreams"),
    *("FilterLogEvents", "GetLogEvents", "PutLogEvents"),
)


class AccessDenied(Exception):
    """The role does not have the permission; the message is AWS's."""


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str


def assume_role(role_arn: str, session_name: str) -> Credentials:
    """Temporary credentials of `role_arn`."""
    credentials = Credentials("ASIA" + secrets.token_hex(8).upper(), secrets.token_hex(20), secrets.token_hex(32))
    sts.register_session(
        credentials.access_key_id,
        {
            "Arn": session_arn(role_arn, session_name),
            "UserId": f"AROA{secrets.token_hex(8).upper()}:{session_name}",
            "AccountId": get_account_id(),
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": time.time() + SESSION_SECONDS,
        },
    )
    return credentials


def session_arn(role_arn: str, session_name: str) -> str:
    return f"arn:aws:sts::{get_account_id()}:assumed-role/{role_arn.rsplit('/', 1)[-1]}/{session_name}"


def require(
    role_arn: str,
    action: str,
    resource: str = "*",
    context: Mapping[str, str] | None = None,
    session_name: str = "service",
) -> None:
    """AccessDenied unless `role_arn` is allowed `action` on `resource` with the condition keys in `context`."""
    request, result = identity_decision(role_arn, action, resource, context or {})
    policy = iam_evaluator._resource_policy(action.split(":")[0], resource)
    if policy is not None:
        result = iam_evaluator.combine_resource_policy(
            result, request, *policy, required=action.startswith("kms:"), limits=[]
        )
    if result.decision != "Allow":
        caller = session_arn(role_arn, session_name)
        message = iam_actions.identity_denial_message(action, caller, resource, result.decision == "Deny")
        raise AccessDenied(message.removesuffix(" in an identity-based policy"))  # or in the resource's policy
    for needed, key, keys in encryption_keys.calls(action, resource):
        require(role_arn, needed, key, keys, session_name)


def identity_decision(
    role_arn: str, action: str, resource: str, context: Mapping[str, str]
) -> tuple[iam_evaluator.EvalContext, iam_evaluator.EvalResult]:
    """The request, and the decision of the role's policies and permissions boundary."""
    request = evaluation(action, resource, context, principal_arn=role_arn, principal_type="AssumedRole")
    policies = iam_evaluator._gather_role_policies(role_arn.rsplit("/", 1)[-1], get_account_id())
    return request, iam_evaluator.evaluate(request, policies)


def evaluation(
    action: str, resource: str, context: Mapping[str, str], principal_arn: str, principal_type: str
) -> iam_evaluator.EvalContext:
    """A request of this account and region over TLS, for IAM's evaluator."""
    return iam_evaluator.EvalContext(
        principal_arn=principal_arn,
        principal_type=principal_type,
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
        secure_transport=True,
        service_context={key.lower(): value for key, value in context.items()},
        principal_keys={},
    )


def _access_denied(
    theirs: Callable[..., Any], service: str, action: str, principal_arn: str, request_id: str, **given: Any
) -> Any:
    """The error names the resource, as on AWS; MiniStack omits it for most services."""
    if not any(given.get(name) for name in ("error_code", "message", "resource_policy_arn")):
        resource = given.get("resource_arn", "*")
        shown = f'"{resource}"' if service == "s3" else resource
        explicit = given.get("explicit_deny", False)
        given["message"] = iam_actions.identity_denial_message(action, principal_arn, shown, explicit)
    return theirs(service, action, principal_arn, request_id, **given)


def _resource(theirs: Callable[..., str], service: str, *request: Any) -> str:
    found = RESOURCES[service](*request[:4]) if service in RESOURCES else None
    return theirs(service, *request) if found is None else found


def _log_stream(_method: str, _path: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """The ARN of the stream of a call to CloudWatch Logs, which policies for `log-group:NAME:*` match."""
    if action_of(headers) not in ABOUT_STREAMS:
        return None
    group, stream = (iam_actions._safe_json_field(body, name) for name in ("logGroupName", "logStreamName"))
    return f"{cloudwatch_logs._make_group_arn(group).removesuffix(':*')}:log-stream:{stream or ''}" if group else None


def install() -> None:
    RESOURCES["logs"] = _log_stream
    hooks.wrap(iam_actions, "access_denied_response", _access_denied)
    hooks.wrap(iam_actions, "extract_resource_arn", _resource)

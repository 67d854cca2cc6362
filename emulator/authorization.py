"""What AWS services do with a role: take its credentials, check its trust policy, ask whether it may.

MiniStack checks the caller of a request; a service that acts on its own (Step Functions, Firehose, EMR)
is checked here, with the same evaluator.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ministack.app as app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import sts

from emulator import hooks

SESSION_SECONDS = 12 * 3600


class AccessDenied(Exception):
    """The role may not do this; the message is worded as AWS words it."""


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str


def assume_role(role_arn: str, session_name: str) -> Credentials:
    """Temporary credentials of `role_arn`, as STS vends them to a service."""
    name = role_arn.rsplit("/", 1)[-1]
    account = get_account_id()
    credentials = Credentials("ASIA" + secrets.token_hex(8).upper(), secrets.token_hex(20), secrets.token_hex(32))
    sts.register_session(
        credentials.access_key_id,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session_name}",
            "UserId": f"AROA{secrets.token_hex(8).upper()}:{session_name}",
            "AccountId": account,
            "PrincipalType": "AssumedRole",
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": time.time() + SESSION_SECONDS,
        },
    )
    return credentials


def require(
    role_arn: str,
    action: str,
    resource: str = "*",
    context: Mapping[str, str] | None = None,
    session_name: str = "service",
) -> None:
    """Raise AccessDenied unless `role_arn` may do `action` on `resource` under the condition keys in `context`."""
    if not app.AUTH:
        return
    request, result = identity_decision(role_arn, action, resource, context or {})
    policy = iam_evaluator._resource_policy(action.split(":")[0], resource)
    if policy is not None:
        result = iam_evaluator.combine_resource_policy(result, request, *policy, required=False, limits=[])
    if result.decision != "Allow":
        reason = (
            "with an explicit deny"
            if result.decision == "Deny"
            else f"because no identity-based policy allows the {action} action"
        )
        name, account = role_arn.rsplit("/", 1)[-1], get_account_id()
        raise AccessDenied(
            f"User: arn:aws:sts::{account}:assumed-role/{name}/{session_name} is not authorized to perform: "
            f"{action} on resource: {resource} {reason}"
        )


def identity_decision(
    role_arn: str, action: str, resource: str, context: Mapping[str, str]
) -> tuple[iam_evaluator.EvalContext, iam_evaluator.EvalResult]:
    """The request, and what the role's own policies and its boundary say to it."""
    account = get_account_id()
    request = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource,
        region=get_region(),
        secure_transport=True,
        service_context={key.lower(): value for key, value in context.items()},
        principal_keys={},
    )
    policies = iam_evaluator._gather_role_policies(role_arn.rsplit("/", 1)[-1], account)
    return request, iam_evaluator.evaluate(request, policies)


def _name_resource(respond: Callable[..., Any]) -> Callable[..., Any]:
    """A denied caller reads which resource was meant, as AWS tells; MiniStack leaves it out for most services."""

    def access_denied(service: str, action: str, principal_arn: str, request_id: str, **given: Any) -> Any:
        if not any(given.get(name) for name in ("error_code", "message", "resource_policy_arn")):
            resource = given.get("resource_arn", "*")
            given["message"] = iam_actions.identity_denial_message(
                action,
                principal_arn,
                f'"{resource}"' if service == "s3" else resource,
                given.get("explicit_deny", False),
            )
        return respond(service, action, principal_arn, request_id, **given)

    return access_denied


def install() -> None:
    hooks.replace(iam_actions, "access_denied_response", _name_resource)

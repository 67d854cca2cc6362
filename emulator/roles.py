"""Checks of a role that a caller passes to a service: the caller's permission and the trust policy."""

from collections.abc import Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import iam

from emulator import authorization
from emulator.models import ApiError


def caller_must(
    headers: Mapping[str, str], query: Mapping[str, Any], action: str, resource: str, context: Mapping[str, str]
) -> None:
    """ApiError AccessDeniedException unless the request's caller is also allowed `action` on `resource`."""
    key = extract_access_key_id(headers, query)
    denied = iam_evaluator.enforce(
        key, action, action.split(":")[0], get_region(), resource_arn=resource, service_context=dict(context)
    )
    if denied is not None:
        raise ApiError(
            "AccessDeniedException",
            f"User: {iam_evaluator.caller_arn()} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action",
            403,
        )


def trusts(role_arn: str, service: str, source_arn: str) -> bool:
    """Whether the role exists and `service` is allowed to assume it for `source_arn`."""
    return _trusts(role_arn, service, {"aws:SourceArn": source_arn, "aws:SourceAccount": get_account_id()})


def trusts_by_external_id(role_arn: str, service: str) -> bool:
    """Whether a service that sends the account as external id, and no source, is allowed to assume the role."""
    return _trusts(role_arn, service, {"sts:ExternalId": get_account_id()})


def _trusts(role_arn: str, service: str, stated: dict[str, str]) -> bool:
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    document = role and role.get("AssumeRolePolicyDocument")
    return bool(document) and service_may(service, "sts:AssumeRole", role_arn, document, stated)


def service_may(service: str, action: str, resource: str, document: Any, stated: Mapping[str, str]) -> bool:
    """Whether a resource policy allows an AWS service `action` with these condition keys."""
    request = authorization.evaluation(action, resource, stated, principal_arn="", principal_type="Service")
    return bool(iam_evaluator.evaluate_resource_policy(document, request, service=service).decision == "Allow")

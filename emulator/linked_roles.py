"""Service-linked roles with AWS's names; an account has at most one per service."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import iam

from emulator import hooks

NAMES = {
    "elasticmapreduce.amazonaws.com": "AWSServiceRoleForEMRCleanup",
    "ops.emr-serverless.amazonaws.com": "AWSServiceRoleForAmazonEMRServerless",
    "spot.amazonaws.com": "AWSServiceRoleForEC2Spot",
}

Handler = Callable[[dict[str, Any]], Any]
Require = Callable[[str, str, Mapping[str, str]], None]
"""Raises unless the caller is allowed the action on the resource with these condition keys."""


def arn(service: str) -> str:
    return f"arn:aws:iam::{get_account_id()}:role/aws-service-role/{service}/{NAMES[service]}"


def exists(service: str) -> bool:
    return NAMES[service] in iam._roles


def provide(service: str, require: Require) -> None:
    """Create the role of `service` if it does not exist; `require` raises when the caller must not create it."""
    if not exists(service):
        require("iam:CreateServiceLinkedRole", arn(service), {"iam:AWSServiceName": service})
        make(service, iam._create_service_linked_role)


def make(service: str, create: Handler) -> None:
    """Create the role with `create`, which names it after the service, and rename it as on AWS."""
    path = f"/aws-service-role/{service}/"
    if not any(role["Path"] == path for role in iam._roles.values()):
        create({"AWSServiceName": service})
    made = next(name for name, role in iam._roles.items() if role["Path"] == path)
    role = iam._roles.pop(made)
    iam._roles[NAMES[service]] = {**role, "RoleName": NAMES[service], "Arn": arn(service)}


def _create(create: Handler, params: dict[str, Any]) -> Any:
    service = iam._p(params, "AWSServiceName")
    name = NAMES.get(service)
    if name is None:
        return create(params)
    if exists(service):
        message = f"Service role name {name} has been taken in this account, please try a different suffix."
        return iam._error(400, "InvalidInput", message)
    make(service, create)
    result = f"<CreateServiceLinkedRoleResult><Role>{iam._role_xml(name)}</Role></CreateServiceLinkedRoleResult>"
    return iam._xml(200, "CreateServiceLinkedRoleResponse", result, ns="iam")


def install() -> None:
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    handlers["CreateServiceLinkedRole"] = partial(_create, handlers["CreateServiceLinkedRole"])

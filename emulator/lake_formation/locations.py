"""Registered locations: S3 paths that Lake Formation answers for, with the role by which it reads and writes them."""

from __future__ import annotations

import time

from ministack.core.responses import get_account_id

from emulator.lake_formation.store import locations
from emulator.models import ApiError, Params

PRINCIPAL = "lakeformation.amazonaws.com"
LINKED_ROLE = "AWSServiceRoleForLakeFormationDataAccess"


def linked_role_arn() -> str:
    """ARN of the role that Lake Formation has in every account that once registered a location with it."""
    return f"arn:aws:iam::{get_account_id()}:role/aws-service-role/{PRINCIPAL}/{LINKED_ROLE}"


def registered(arn: str) -> Params:
    """The ResourceInfo of exactly this path."""
    found: Params | None = locations.get(arn)
    if found is None:
        raise ApiError("EntityNotFoundException", f"Entity not found: {arn} is not registered.")
    return found


def covers(arn: str) -> bool:
    """Whether the path, or a folder or bucket above it, is registered."""
    return any(arn == known or arn.startswith(f"{known}/") for known in locations)


def register(params: Params) -> Params:
    """Register a path with the service-linked role."""
    arn = params["ResourceArn"]
    if not arn.startswith("arn:aws:s3:::") or arn.endswith(("/", ":::")):
        raise ApiError(
            "InvalidInputException", f"ResourceArn {arn} must be a bucket or a path in one, without / at its end."
        )
    if not params.get("UseServiceLinkedRole") or params.get("RoleArn"):
        message = "The local AWS does not support a location with a role of its own: set UseServiceLinkedRole."
        raise ApiError("InvalidInputException", message)
    if arn in locations:
        raise ApiError("AlreadyExistsException", f"Resource {arn} is already registered.")
    locations[arn] = {"ResourceArn": arn, "RoleArn": linked_role_arn(), "LastModified": time.time()}
    return {}


def deregister(params: Params) -> Params:
    """Forget a path; permissions on it stay, as on AWS."""
    registered(params["ResourceArn"])
    del locations[params["ResourceArn"]]
    return {}

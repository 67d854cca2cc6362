"""Lake Formation: registered S3 locations, and permissions on them and on Glue tables.

Permissions are stored and listed, but not enforced on data access.
"""

import json
import time
from collections.abc import Iterator

from ministack.core.responses import AccountRegionScopedDict, get_account_id
from ministack.services import glue, iam

from emulator import added_service, models, persistence
from emulator.linked_roles import Require
from emulator.models import ApiError, Json, Operation

SERVICE = "lakeformation"
LINKED_ROLE = "role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
ALLOWED = {
    "Table": {"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
}
"""Supported resource types and their permissions."""

_locations = AccountRegionScopedDict()
"""ARN of an S3 path → ResourceInfo."""
_grants = AccountRegionScopedDict()
"""Principal and resource → PrincipalResourcePermissions as granted."""


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidInputException", message)


def _registered(arn: str) -> Json:
    found: Json | None = _locations.get(arn)
    if found is None:
        raise ApiError("EntityNotFoundException", f"Entity not found: {arn} is not registered.")
    return found


def _register(params: Json) -> Json:
    arn = params["ResourceArn"]
    if not arn.startswith("arn:aws:s3:::") or arn.endswith(("/", ":::")):
        raise _invalid(f"ResourceArn {arn} must be a bucket or a path in a bucket, without a trailing slash.")
    if not params.get("UseServiceLinkedRole"):
        raise _invalid("The local AWS does not support a location with a role: set UseServiceLinkedRole.")
    if arn in _locations:
        raise ApiError("AlreadyExistsException", f"Resource {arn} is already registered.")
    role = f"arn:aws:iam::{get_account_id()}:{LINKED_ROLE}"
    _locations[arn] = {"ResourceArn": arn, "RoleArn": role, "LastModified": time.time()}
    return {}


def _deregister(params: Json) -> Json:
    """Permissions on the path remain, as on AWS."""
    _registered(params["ResourceArn"])
    del _locations[params["ResourceArn"]]
    return {}


def _grant(params: Json) -> Json:
    key, grant = _requested(params)
    [kind] = grant["Resource"]
    if wrong := {*params["Permissions"]} - ALLOWED[kind]:
        raise _invalid(f"Permissions {', '.join(sorted(wrong))} do not exist on a {kind}.")
    granted = _grants.get(key, {}).get("Permissions", [])
    _grants[key] = {**grant, "Permissions": sorted({*granted, *params["Permissions"]})}
    return {}


def _revoke(params: Json) -> Json:
    """The location must be registered: Terraform's provider also retries a revocation until it is."""
    key, grant = _requested(params)
    if key not in _grants:
        raise _invalid("No permissions revoked. Grantee has no permissions and no grantable permissions on resource.")
    left = [permission for permission in _grants[key]["Permissions"] if permission not in params["Permissions"]]
    if left:
        _grants[key] = {**grant, "Permissions": left}
    else:
        del _grants[key]
    return {}


def _list(params: Json) -> Json:
    """Permissions of a principal, on a resource, or of both."""
    wanted = {"Principal": params.get("Principal")}
    if params.get("Resource") is not None:
        wanted["Resource"] = _with_catalog(params["Resource"])
    found = [grant for grant in _grants.values() if all(grant[n] == value for n, value in wanted.items() if value)]
    return {"PrincipalResourcePermissions": [entry for grant in found for entry in _entries(grant)]}


def _entries(grant: Json) -> Iterator[Json]:
    """The entries of a grant: AWS lists SELECT on a table separately, as SELECT on all columns."""
    if "Table" not in grant["Resource"]:
        yield grant
        return
    others = [permission for permission in grant["Permissions"] if permission != "SELECT"]
    if others:
        yield {**grant, "Permissions": others}
    if others != grant["Permissions"]:
        columns = {"TableWithColumns": {**grant["Resource"]["Table"], "ColumnWildcard": {}}}
        yield {**grant, "Permissions": ["SELECT"], "Resource": columns}


def _requested(params: Json) -> tuple[str, Json]:
    """A grant's key and the grant without permissions. ApiError when its principal or resource does not exist."""
    principal, resource = params["Principal"], _with_catalog(params["Resource"])
    name = principal.get("DataLakePrincipalIdentifier", "")
    kind, _, role = name.rpartition(":")[2].partition("/")
    if kind != "role" or role.rsplit("/", 1)[-1] not in iam._roles:
        raise _invalid(f"Invalid principal. {name} is not a role of this account.")
    if location := resource.get("DataLocation"):
        arn = location["ResourceArn"]
        if not any(arn == known or arn.startswith(f"{known}/") for known in _locations):
            raise _invalid(f"{arn} is not registered: register the S3 path with Lake Formation first.")
    elif f"{resource['Table']['DatabaseName']}/{resource['Table'].get('Name')}" not in glue._tables:
        raise ApiError("EntityNotFoundException", f"Table not found: {json.dumps(resource['Table'])}")
    key = f"{name} {json.dumps(resource, sort_keys=True)}"
    return key, {"Principal": principal, "Resource": resource, "PermissionsWithGrantOption": []}


def _with_catalog(resource: Json) -> Json:
    [kind, *more] = resource or ["nothing"]
    if more or kind not in ALLOWED:
        raise _invalid(
            f"Resource must be one of {', '.join(ALLOWED)} on the local AWS, not {', '.join([kind, *more])}."
        )
    return {kind: {"CatalogId": get_account_id(), **resource[kind]}}


_OPERATIONS = {
    "RegisterResource": Operation(_register, {"ResourceArn", "UseServiceLinkedRole"}),
    "DescribeResource": Operation(lambda params: {"ResourceInfo": _registered(params["ResourceArn"])}),
    "DeregisterResource": Operation(_deregister),
    "GrantPermissions": Operation(_grant, {"CatalogId", "Principal", "Resource", "Permissions"}),
    "RevokePermissions": Operation(_revoke),
    "ListPermissions": Operation(_list),
}


def _serve(name: str, params: Json, _: Require) -> Json:
    return models.call(SERVICE, _OPERATIONS, name, params)


def install() -> None:
    added_service.add(SERVICE, _serve)
    persistence.register_stores("lake-formation", {"locations": _locations, "grants": _grants})

"""Permissions: who may do what with a table of Glue or with a registered location."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ministack.core.responses import get_account_id
from ministack.services import glue, iam

from emulator.lake_formation import locations
from emulator.lake_formation.store import grants
from emulator.models import ApiError, Params

ALLOWED = {
    "Table": {"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
}
"""Kinds of resources that are here, with their permissions."""


def grant(params: Params) -> Params:
    """Add permissions; what is granted already stays."""
    principal, resource = _principal(params), _resource(params)
    _check_permissions(resource, params)
    key = _key(principal, resource)
    known = grants.get(key, {}).get("Permissions", [])
    grants[key] = {
        "Principal": principal,
        "Resource": resource,
        "Permissions": sorted({*known, *params["Permissions"]}),
        "PermissionsWithGrantOption": [],
    }
    return {}


def revoke(params: Params) -> Params:
    """Take permissions away.

    The provider waits for a location that is not registered also when it revokes; that a principal or table that is
    gone is refused, as it is for a grant, is the strict reading.
    """
    principal, resource = _principal(params), _resource(params)
    key = _key(principal, resource)
    kept = grants.get(key)
    if kept is None:
        raise invalid("No permissions revoked. Grantee has no permissions and no grantable permissions on resource.")
    left = [permission for permission in kept["Permissions"] if permission not in params["Permissions"]]
    if left:
        grants[key] = {**kept, "Permissions": left}
    else:
        del grants[key]
    return {}


def listed(params: Params) -> Params:
    """Permissions of a principal, on a resource, or both; SELECT on a table stands in an entry of its own."""
    wanted = {"Principal": params.get("Principal"), "Resource": params.get("Resource")}
    if wanted["Resource"] is not None:
        wanted["Resource"] = _with_catalog(wanted["Resource"])
    found = [kept for kept in grants.values() if all(kept[n] == value for n, value in wanted.items() if value)]
    return {"PrincipalResourcePermissions": [entry for kept in found for entry in _entries(kept)]}


def invalid(message: str) -> ApiError:
    return ApiError("InvalidInputException", message)


def _entries(kept: Params) -> Iterator[Params]:
    """As AWS answers: SELECT on a table comes back as SELECT on all its columns."""
    if "Table" not in kept["Resource"]:
        yield kept
        return
    others = [permission for permission in kept["Permissions"] if permission != "SELECT"]
    if others:
        yield {**kept, "Permissions": others}
    if others != kept["Permissions"]:
        columns = {"TableWithColumns": {**kept["Resource"]["Table"], "ColumnWildcard": {}}}
        yield {**kept, "Permissions": ["SELECT"], "Resource": columns}


def _principal(params: Params) -> Params:
    principal: Params = params["Principal"]
    name = principal.get("DataLakePrincipalIdentifier", "")
    kind, _, role = name.rpartition(":")[2].partition("/")
    if kind != "role" or role.rsplit("/", 1)[-1] not in iam._roles:
        raise invalid(f"Invalid principal. {name} is not a role of this account.")
    return principal


def _resource(params: Params) -> Params:
    resource = _with_catalog(params["Resource"])
    if location := resource.get("DataLocation"):
        if not locations.covers(location["ResourceArn"]):
            raise invalid(
                f"{location['ResourceArn']} is not registered: register the S3 path with Lake Formation first."
            )
    elif f"{resource['Table']['DatabaseName']}/{resource['Table'].get('Name')}" not in glue._tables:
        raise ApiError("EntityNotFoundException", f"Table not found: {json.dumps(resource['Table'])}")
    return resource


def _with_catalog(resource: Params) -> Params:
    [kind, *more] = resource or ["nothing"]
    if more or kind not in ALLOWED:
        raise invalid(f"Resource must be one of {', '.join(ALLOWED)} on the local AWS, not {', '.join([kind, *more])}.")
    return {kind: {"CatalogId": get_account_id(), **resource[kind]}}


def _check_permissions(resource: Params, params: Params) -> None:
    [kind] = resource
    if params.get("PermissionsWithGrantOption"):
        raise invalid("The local AWS does not support PermissionsWithGrantOption.")
    if wrong := {*params["Permissions"]} - ALLOWED[kind]:
        raise invalid(f"Permissions {', '.join(sorted(wrong))} do not exist on a {kind}.")


def _key(principal: Params, resource: Params) -> str:
    return f"{principal['DataLakePrincipalIdentifier']} {json.dumps(resource, sort_keys=True)}"

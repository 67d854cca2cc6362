"""Permissions: who may do what with a table of Glue or with a registered location."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import glue, iam

from emulator.lake_formation import locations
from emulator.lake_formation.store import grants, settings
from emulator.models import ApiError, Params

EVERYBODY = "IAM_ALLOWED_PRINCIPALS"
ALLOWED = {
    "Table": {"ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
}
"""Kinds of resources that are here, with their permissions."""


def grant(params: Params) -> Params:
    """Add permissions; what is granted already stays."""
    _require_administrator()
    principal, resource = _principal(params), _resource(params)
    _check_permissions(resource, params)
    kept = grants.get(_key(principal, resource)) or _nothing(principal, resource)
    for name in ("Permissions", "PermissionsWithGrantOption"):
        kept[name] = sorted({*kept[name], *params.get(name, [])})
    grants[_key(principal, resource)] = {
        **kept,
        "LastUpdated": time.time(),
        "LastUpdatedBy": iam_evaluator.caller_arn(),
    }
    return {}


def revoke(params: Params) -> Params:
    """Take permissions away.

    The provider waits for a location that is not registered also when it revokes; that a principal or table that is
    gone is refused, as it is for a grant, is the strict reading.
    """
    _require_administrator()
    principal, resource = _principal(params), _resource(params)
    key = _key(principal, resource)
    kept = grants.get(key)
    if kept is None:
        raise invalid("No permissions revoked. Grantee has no permissions and no grantable permissions on resource.")
    left = {
        n: [p for p in kept[n] if p not in params.get(n, [])] for n in ("Permissions", "PermissionsWithGrantOption")
    }
    if any(left.values()):
        grants[key] = {**kept, **left}
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
    select = {n: [p for p in kept[n] if p == "SELECT"] for n in ("Permissions", "PermissionsWithGrantOption")}
    others = {n: [p for p in kept[n] if p != "SELECT"] for n in ("Permissions", "PermissionsWithGrantOption")}
    if any(others.values()):
        yield {**kept, **others}
    if any(select.values()):
        yield {**kept, **select, "Resource": {"TableWithColumns": {**kept["Resource"]["Table"], "ColumnWildcard": {}}}}


def _require_administrator() -> None:
    """Only an administrator of the data lake grants; the account's root stands for one, so that a fresh one has one."""
    caller = iam_evaluator.caller_arn()
    if caller.endswith(":root"):
        return
    role = caller.split(":")[5].split("/")[1] if ":assumed-role/" in caller else None
    admins = (settings.get("settings") or {}).get("DataLakeAdmins", [])
    names = [admin["DataLakePrincipalIdentifier"] for admin in admins]
    if caller in names or any(role is not None and name.endswith(f"/{role}") for name in names):
        return
    raise ApiError(
        "AccessDeniedException",
        "Resource does not exist or requester is not authorized to access requested permissions.",
    )


def _principal(params: Params) -> Params:
    principal: Params = params["Principal"]
    name = principal.get("DataLakePrincipalIdentifier", "")
    kind, _, rest = name.rpartition(":")[2].partition("/")
    known = iam._roles if kind == "role" else iam._users if kind == "user" else {}
    if name != EVERYBODY and rest.rsplit("/", 1)[-1] not in known:
        raise invalid(f"Invalid principal. {name} is no role or user of this account.")
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
    given = {*params["Permissions"], *params.get("PermissionsWithGrantOption", [])}
    if wrong := given - ALLOWED[kind]:
        raise invalid(f"Permissions {', '.join(sorted(wrong))} do not exist on a {kind}.")


def _key(principal: Params, resource: Params) -> str:
    return f"{principal['DataLakePrincipalIdentifier']} {json.dumps(resource, sort_keys=True)}"


def _nothing(principal: Params, resource: Params) -> Params:
    return {"Principal": principal, "Resource": resource, "Permissions": [], "PermissionsWithGrantOption": []}

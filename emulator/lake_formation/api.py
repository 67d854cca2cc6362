"""The Lake Formation API: each operation, its request checked and its answer shaped by AWS's model."""

from __future__ import annotations

from collections.abc import Callable

from emulator import added_service, models, persistence
from emulator.lake_formation import locations, permissions, store
from emulator.linked_roles import Require
from emulator.models import ApiError, Params

SERVICE = "lakeformation"


_OPERATIONS: dict[str, Callable[[Params], Params]] = {
    "RegisterResource": locations.register,
    "DescribeResource": lambda params: {"ResourceInfo": locations.registered(params["ResourceArn"])},
    "DeregisterResource": locations.deregister,
    "GrantPermissions": permissions.grant,
    "RevokePermissions": permissions.revoke,
    "ListPermissions": permissions.listed,
}


def _serve(name: str, params: Params, _: Require) -> Params:
    act = _OPERATIONS.get(name)
    if act is None:
        raise ApiError("InternalServiceException", f"The local AWS does not support {name} of Lake Formation.", 500)
    models.check(models.service_model(SERVICE).operation_model(name), params)
    return act(params)


def install() -> None:
    """Serve requests signed for lakeformation, with IAM checks and saved state."""
    added_service.add(SERVICE, added_service.rest_json(SERVICE, _serve))
    persistence.register_stores("lake-formation", store.STORES)

"""The Lake Formation API: each operation, its request checked and its answer shaped by AWS's model."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from emulator import added_service, models, persistence
from emulator.added_service import Response
from emulator.lake_formation import locations, permissions, store
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


def _answer(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Response:
    try:
        found = models.rest_request(SERVICE, method, path, query, json.loads(body or b"{}"))
        act = _OPERATIONS.get(found[0].name) if found else None
        if found is None or act is None:
            raise ApiError(
                "InternalServiceException", f"The local AWS does not support {method} {path} of Lake Formation.", 500
            )
        operation, params = found
        models.check(operation, params)
        result = models.answer(operation.output_shape, act(params))
        return 200, {"Content-Type": "application/json"}, json.dumps(result).encode()
    except json.JSONDecodeError as error:
        return _error(permissions.invalid(f"The request's body is not JSON: {error}"))
    except ApiError as error:
        return _error(error)


def _error(error: ApiError) -> Response:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": error.code}
    return error.status, headers, json.dumps({"Message": error.message}).encode()


def install() -> None:
    """Serve requests signed for lakeformation, with IAM checks and saved state."""
    added_service.add(SERVICE, _answer)
    persistence.register("lake-formation", store.get_state, store.load_state)

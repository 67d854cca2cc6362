"""Services with a JSON protocol: checks before MiniStack's handlers, and error responses."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from ministack.core.responses import error_response_json, json_response

from emulator import hooks, models
from emulator.models import ApiError, Json

Check = Callable[[Json, Json, Json], None]
"""`check(request, headers, query)` raises ApiError for an invalid or unsupported request."""


def error_response(error: ApiError) -> Any:
    return error_response_json(error.code, error.message, error.status)


def action_of(headers: Mapping[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def guard(module: ModuleType, service: str, checks: Mapping[str, Check]) -> None:
    """Check requests of the actions in `checks` with AWS's model and with their check before `module` serves them."""
    hooks.wrap(module, "handle_request", partial(_guarded, service, checks))


async def _guarded(
    service: str,
    checks: Mapping[str, Check],
    theirs: Callable[..., Any],
    method: str,
    path: str,
    headers: Json,
    body: bytes,
    query: Json,
) -> Any:
    action = action_of(headers)
    if action in checks:
        try:
            given = json.loads(body or b"{}")
            models.check(models.service_model(service).operation_model(action), given)
            checks[action](given, headers, query)
        except ApiError as rejected:
            return error_response(rejected)
        except json.JSONDecodeError:
            return error_response(ApiError("SerializationException", "The request is not JSON."))
    return await theirs(method, path, headers, body, query)


def answering(handle: Callable[[Json], Json]) -> Callable[[Json], Any]:
    """`handle` as a handler of MiniStack, with ApiError as an error response."""

    def handler(request: Json) -> Any:
        try:
            return json_response(handle(request))
        except ApiError as rejected:
            return error_response(rejected)

    return handler

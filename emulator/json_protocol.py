"""Services whose protocol is JSON: one check before MiniStack's handler, and one form of its refusals."""

import json
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ministack.core.responses import error_response_json, json_response

from emulator import hooks, models
from emulator.models import ApiError

Json = dict[str, Any]
Check = Callable[[Json, Json, Json], None]
"""`check(request, headers, query)` raises ApiError for a request that AWS, or the local AWS, refuses."""


def refusal(error: ApiError) -> Any:
    return error_response_json(error.code, error.message, error.status)


def action_of(headers: Mapping[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def guard(module: ModuleType, service: str, checks: Mapping[str, Check]) -> None:
    """Check a request of an action in `checks` by AWS's model, then by its check, before `module` serves it."""

    def wrap(theirs: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_request(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
            action = action_of(headers)
            if action in checks:
                try:
                    given = json.loads(body or b"{}")
                    models.check(models.service_model(service).operation_model(action), given)
                    checks[action](given, headers, query)
                except ApiError as refused:
                    return refusal(refused)
                except json.JSONDecodeError:
                    return refusal(ApiError("SerializationException", "The request is not JSON."))
            return await theirs(method, path, headers, body, query)

        return handle_request

    hooks.replace(module, "handle_request", wrap)


def answering(handle: Callable[[Json], Json]) -> Callable[[Json], Any]:
    """`handle` as a handler of MiniStack, with ApiError as its refusal."""

    def handler(request: Json) -> Any:
        try:
            return json_response(handle(request))
        except ApiError as refused:
            return refusal(refused)

    return handler

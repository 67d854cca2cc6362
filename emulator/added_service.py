"""Adds an AWS service that MiniStack does not have."""

import json
import re
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

import ministack.app as app
from ministack.core import iam_actions, router
from ministack.core.concurrency import run_reentrant

from emulator import hooks, models, roles
from emulator.linked_roles import Require
from emulator.models import ApiError, Json

Response = tuple[int, dict[str, str], bytes]
Act = Callable[[str, Json, Require], Any]


def add(service: str, act: Act) -> None:
    """Serve the rest-json requests that are signed for `service`, which is also its name in IAM.

    `act(operation, params, require)` returns the operation's output. `require` checks permissions of the caller other
    than the operation's own. `act` may call the emulator.
    """

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Response:
        answer: Coroutine[Any, Any, Response] = run_reentrant(_answer, service, act, method, path, headers, body, query)
        return await answer

    hooks.original(app, "SERVICE_HANDLERS")[service] = handle
    hooks.original(router, "SERVICE_PATTERNS")[service] = {"host_patterns": [rf"{re.escape(service)}\."]}
    hooks.original(iam_actions, "SERVICE_TO_IAM_NAMESPACE")[service] = service
    hooks.original(iam_actions, "_BOTOCORE_SERVICE_MAP")[service] = [service]
    hooks.original(iam_actions, "_DENIED_CODES")[service] = "AccessDeniedException"


def _answer(
    service: str, act: Act, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> Response:
    content = {"Content-Type": "application/json"}
    try:
        found = models.rest_request(service, method, path, query, json.loads(body or b"{}"))
        if found is None:
            raise ApiError("ResourceNotFoundException", f"No operation of {service} is {method} {path}", 404)
        operation, params = found
        result = act(operation.name, params, partial(roles.caller_must, headers, query))
        return 200, content, json.dumps(models.answer(operation.output_shape, result)).encode()
    except json.JSONDecodeError as error:
        rejected = models.invalid(f"The request's body is not JSON: {error}")
    except ApiError as error:
        rejected = error
    error_body = {"message": rejected.message, "Message": rejected.message}  # service models use either spelling
    return rejected.status, {**content, "x-amzn-ErrorType": rejected.code}, json.dumps(error_body).encode()

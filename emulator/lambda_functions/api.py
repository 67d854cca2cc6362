"""The hooks into MiniStack's Lambda API: who may create a function, what it refuses, how Node functions run."""

from __future__ import annotations

import contextvars
import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import lambda_svc

from emulator import clock, hooks, roles
from emulator.lambda_functions import checks, logs
from emulator.lambda_functions.worker import NodeWorker
from emulator.models import ApiError

Json = dict[str, Any]

SERVICE = "lambda.amazonaws.com"
SYNC_LIMIT = 6_291_456
ASYNC_LIMIT = 1_048_576
"""The most bytes a payload may have, by the way of invoking."""

_INVOKE = re.compile(r"/2015-03-31/functions/[^/]+/invocations")
_CREATE = re.compile(r"/2015-03-31/functions/?")
_CONFIGURE = re.compile(r"/2015-03-31/functions/[^/]+/(configuration|code)")

_invoked: contextvars.ContextVar[tuple[str, list[str]] | None] = contextvars.ContextVar("invoked", default=None)
"""The log stream and lines of the invocation that this thread just ran."""


def _execute(execute: Callable[..., Json]) -> Callable[..., Json]:
    """Run functions in our workers; one without code fails as MiniStack lets it fail."""

    def execute_warm(function: Json, event: Any, request_id: str) -> Json:
        config = function.get("config") or function
        code = function.get("code_zip")
        _invoked.set(None)
        if not code:
            return execute(function, event, request_id)
        lambda_svc._ensure_reaper_thread()
        name, version = config["FunctionName"], config.get("Version", "$LATEST")
        worker, _ = lambda_runtime.acquire_worker(name, config, code, qualifier=version)
        try:
            trace = lambda_svc._xray_trace_id_for_invocation(config)
            answer, lines = worker.invoke(event, request_id, trace)
        finally:
            lambda_runtime.release_worker(worker)
        _invoked.set((worker.log_stream, lines))
        text = "\n".join(lines)
        if "error" in answer:
            return {"body": answer["error"], "error": True, "log": text}
        return {"body": answer["result"], "log": text}

    return execute_warm


def _emit_logs(emit: Callable[..., None]) -> Callable[..., None]:
    def emit_logs(function: Json, request_id: str, text: str, error: bool, milliseconds: int, **source: Any) -> None:
        invoked = _invoked.get()
        if invoked is None:
            emit(function, request_id, text, error, milliseconds, **source)
        else:
            stream, lines = invoked
            logs.write(function.get("config") or function, stream, request_id, lines, milliseconds, error)

    return emit_logs


def _handle_request(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_request(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
        try:
            if method == "POST" and _INVOKE.fullmatch(path):
                _check_size(headers, body)
                checks.check_payload(body)
            elif (method == "POST" and _CREATE.fullmatch(path)) or (method == "PUT" and _CONFIGURE.fullmatch(path)):
                given = json.loads(body or b"{}")
                checks.check(method, path, given)
                _check_role(headers, query, given)
        except ApiError as refused:
            return error_response_json(refused.code, refused.message, refused.status)
        return await handle(method, path, headers, body, query)

    return handle_request


def _check_size(headers: Json, body: bytes) -> None:
    limit = ASYNC_LIMIT if headers.get("x-amz-invocation-type") == "Event" else SYNC_LIMIT
    if len(body) > limit:
        raise ApiError(
            "RequestEntityTooLargeException",
            f"Request must be smaller than {limit} bytes for the InvokeFunction operation",
            413,
        )


def _check_role(headers: Json, query: Json, request: Json) -> None:
    role = request.get("Role")
    if not role:
        return
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": SERVICE})
    if not roles.trusts(role, SERVICE, lambda_svc._func_arn(request.get("FunctionName", "*"))):
        raise ApiError(
            "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda."
        )


def install() -> None:
    hooks.replace(lambda_runtime, "_worker_class_for", lambda _: lambda config: NodeWorker)
    hooks.replace(lambda_svc, "_execute_function_warm", _execute)
    hooks.replace(lambda_svc, "_emit_lambda_logs", _emit_logs)
    hooks.replace(lambda_svc, "handle_request", _handle_request)
    hooks.replace(lambda_svc, "_LAMBDA_STATE_TRANSITION_DELAY", clock.shortened)
    for name in ("acquire_worker", "release_worker", "execution_credentials"):
        hooks.original(lambda_runtime, name)

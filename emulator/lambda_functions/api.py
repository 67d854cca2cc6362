"""The hooks into MiniStack's Lambda API: who may create a function, what it refuses, how Node functions run."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudwatch_logs, lambda_svc

from emulator import clock, hooks, models, roles
from emulator.authorization import AccessDenied, require
from emulator.json_protocol import refusal
from emulator.lambda_functions import checks, logs
from emulator.lambda_functions.worker import NodeWorker
from emulator.models import ApiError

Json = dict[str, Any]

SERVICE = "lambda.amazonaws.com"
DESTINATION_ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
_log = logging.getLogger("emulator.lambda")


def _execute(execute: Callable[..., Json]) -> Callable[..., Json]:
    """Run functions in our workers and write their logs; one without code fails as MiniStack lets it fail."""

    def execute_warm(function: Json, event: Any, request_id: str) -> Json:
        config = function.get("config") or function
        code = function.get("code_zip")
        if not code:
            return execute(function, event, request_id)
        lambda_svc._ensure_reaper_thread()
        name, version = config["FunctionName"], config.get("Version", "$LATEST")
        worker, _ = lambda_runtime.acquire_worker(name, config, code, qualifier=version)
        started = time.time()
        try:
            trace = lambda_svc._xray_trace_id_for_invocation(config)
            answer, lines = worker.invoke(event, request_id, trace)
        finally:
            lambda_runtime.release_worker(worker)
        milliseconds = int((time.time() - started) * 1000)
        logs.write(config, worker.log_stream, request_id, lines, milliseconds, "error" in answer)
        failed = {"body": answer["error"], "error": True} if "error" in answer else {"body": answer["result"]}
        return {**failed, "log": "\n".join(lines)}

    return execute_warm


def _handle_request(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_request(method: str, path: str, headers: Json, body: bytes, query: Json) -> Any:
        found = models.rest_request("lambda", method, path, {}, {})
        try:
            if found and found[0].name == "Invoke":
                checks.check_payload(body, is_event=headers.get("x-amz-invocation-type") == "Event")
            elif found and found[0].name in checks.CONFIGURING:
                operation, named = found
                given = {**json.loads(body or b"{}"), **named}
                checks.check(operation, given)
                _check_role(headers, query, given)
        except ApiError as refused:
            return refusal(refused)
        return await handle(method, path, headers, body, query)

    return handle_request


def _check_role(headers: Json, query: Json, request: Json) -> None:
    role = request.get("Role")
    if not role:
        return
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": SERVICE})
    if not roles.trusts(role, SERVICE, lambda_svc._func_arn(request["FunctionName"])):
        raise checks.refused("The role defined for the function cannot be assumed by Lambda.")


def _allowed_destinations(route: Callable[..., None]) -> Callable[..., None]:
    """An event whose asynchronous invocations have all failed goes only where the function's role may send it."""

    def route_failure(target: str, function: str, event: Json, result: Json) -> None:
        config = lambda_svc._functions[function]["config"]
        try:
            require(config["Role"], DESTINATION_ACTIONS[target.split(":")[2]], target)
        except AccessDenied as denied:
            # AWS drops the event and counts it as DestinationDeliveryFailures.
            _log.warning("function %s: an event is lost, its destination refuses it: %s", function, denied)
            return
        route(target, function, event, result)

    return route_failure


def install() -> None:
    """Put our workers and checks in the place of MiniStack's."""
    hooks.replace(lambda_runtime, "_worker_class_for", lambda _: lambda config: NodeWorker)
    hooks.replace(lambda_svc, "_execute_function_warm", _execute)
    hooks.replace(lambda_svc, "_emit_lambda_logs", lambda _: lambda *arguments, **options: None)
    hooks.replace(lambda_svc, "handle_request", _handle_request)
    hooks.replace(lambda_svc, "_LAMBDA_STATE_TRANSITION_DELAY", clock.shortened)
    hooks.replace(lambda_svc, "_route_async_failure", _allowed_destinations)
    hooks.require(lambda_runtime, "acquire_worker release_worker execution_credentials")
    hooks.require(cloudwatch_logs, "_create_log_group _create_log_stream _append_log_events")
    hooks.require(lambda_svc, "_functions")

"""Hooks into MiniStack's Lambda API: checks of functions and payloads, and the execution of Node functions."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import cloudwatch_logs, lambda_svc

from emulator import clock, hooks, models, roles
from emulator.authorization import AccessDenied, require
from emulator.json_protocol import error_response
from emulator.lambda_functions import checks, logs
from emulator.lambda_functions.worker import NodeWorker
from emulator.models import ApiError, Json

SERVICE = "lambda.amazonaws.com"
DESTINATION_ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
_log = logging.getLogger("emulator.lambda")


def _execute(theirs: Callable[..., Json], function: Json, event: Any, request_id: str) -> Json:
    """Run a function in a NodeWorker and write its logs; MiniStack reports a function without code."""
    config = function.get("config") or function
    code = function.get("code_zip")
    if not code:
        return theirs(function, event, request_id)
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


async def _handle_request(
    theirs: Callable[..., Any], method: str, path: str, headers: Json, body: bytes, query: Json
) -> Any:
    found = models.rest_request("lambda", method, path, {}, {})
    try:
        if found and found[0].name == "Invoke":
            checks.check_payload(body, is_event=headers.get("x-amz-invocation-type") == "Event")
        elif found and found[0].name in checks.CONFIGURING:
            operation, named = found
            given = {**json.loads(body or b"{}"), **named}
            checks.check(operation, given)
            _check_role(headers, query, given)
    except ApiError as rejected:
        return error_response(rejected)
    return await theirs(method, path, headers, body, query)


def _check_role(headers: Json, query: Json, request: Json) -> None:
    role = request.get("Role")
    if not role:
        return
    roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": SERVICE})
    if not roles.trusts(role, SERVICE, lambda_svc._func_arn(request["FunctionName"])):
        raise checks.rejected("The role defined for the function cannot be assumed by Lambda.")


def _route_failure(theirs: Callable[..., None], target: str, function: str, event: Json, result: Json) -> None:
    """Send a failed event to its destination, if the function's role allows it."""
    config = lambda_svc._functions[function]["config"]
    try:
        require(config["Role"], DESTINATION_ACTIONS[target.split(":")[2]], target)
    except AccessDenied as denied:
        # AWS drops the event and counts it as DestinationDeliveryFailures.
        _log.warning("function %s: an event is lost, because its destination denies it: %s", function, denied)
        return
    theirs(target, function, event, result)


def install() -> None:
    hooks.replace(lambda_runtime, "_worker_class_for", lambda _: lambda config: NodeWorker)
    hooks.wrap(lambda_svc, "_execute_function_warm", _execute)
    hooks.replace(lambda_svc, "_emit_lambda_logs", lambda _: lambda *arguments, **options: None)
    hooks.wrap(lambda_svc, "handle_request", _handle_request)
    hooks.replace(lambda_svc, "_LAMBDA_STATE_TRANSITION_DELAY", clock.shortened)
    hooks.wrap(lambda_svc, "_route_async_failure", _route_failure)
    hooks.require(lambda_runtime, "acquire_worker release_worker execution_credentials")
    hooks.require(cloudwatch_logs, "_create_log_group _create_log_stream _append_log_events")
    hooks.require(lambda_svc, "_functions")

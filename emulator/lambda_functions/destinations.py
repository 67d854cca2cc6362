"""Where an event goes whose asynchronous invocations have all failed: only where the function's role may send it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from emulator import hooks
from emulator.authorization import AccessDenied, require

Json = dict[str, Any]

ACTIONS = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}

_log = logging.getLogger("emulator.lambda")


def _allowed(route: Callable[..., None]) -> Callable[..., None]:
    def route_failure(target: str, function: str, event: Json, result: Json) -> None:
        config = lambda_svc._functions[function]["config"]
        try:
            require(config["Role"], ACTIONS[target.split(":")[2]], target)
        except AccessDenied as denied:
            # AWS drops the event and counts it as DestinationDeliveryFailures.
            _log.warning("function %s: an event is lost, its destination refuses it: %s", function, denied)
            return
        route(target, function, event, result)

    return route_failure


def install() -> None:
    hooks.replace(lambda_svc, "_route_async_failure", _allowed)
    hooks.original(lambda_svc, "_functions")

"""Metrics of AWS services that the stacks use, and metrics in the embedded metric format."""

import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc, sqs, stepfunctions

from emulator import clock, hooks
from emulator.models import Json

QUEUE_DEPTH = "ApproximateNumberOfMessagesVisible"
KEPT_SAMPLES = 100

_log = logging.getLogger("emulator.metrics")
_EXECUTIONS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def _count_execution(emit: Callable[[Json], None], execution: Json) -> None:
    emit(execution)
    dimensions = {"StateMachineArn": execution["stateMachineArn"]}
    cloudwatch.record_metric("AWS/States", _EXECUTIONS[execution["status"]], 1, "Count", dimensions)


def _of_function(name: str, metric: str, value: float) -> None:
    cloudwatch.record_metric("AWS/Lambda", metric, value, "Count", {"FunctionName": name})


def _count_invocation(execute: Callable[..., Json], function: Json, config: Json, *rest: Any) -> Json:
    """Counts the invocations of all callers; MiniStack counts requests of its API."""
    result = execute(function, config, *rest)
    name = config["FunctionName"]
    _of_function(name, "Invocations", 1)
    _of_function(name, "Errors", 1 if result.get("error") else 0)
    _of_function(name, "Throttles", 0)
    return result


def _count_throttle(acquire: Callable[[Json, Json], Any], function: Json, config: Json) -> Any:
    slot, limit = acquire(function, config)
    if slot is None:
        _of_function(config["FunctionName"], "Throttles", 1)
    return slot, limit


def sample_queue(dimensions: Mapping[str, str]) -> None:
    """Record the depth of an alarm's queue once a minute, as SQS does."""
    arn = f"arn:aws:sqs:{get_region()}:{get_account_id()}:{dimensions.get('QueueName')}"
    queue, now = sqs._queue_by_arn(arn), time.time()
    points = cloudwatch._metrics.get(("AWS/SQS", QUEUE_DEPTH, cloudwatch._dims_key(dimensions))) or []
    if queue is None or (points and now - points[-1]["Timestamp"] < clock.shortened(60)):
        return
    del points[:-KEPT_SAMPLES]
    visible = sum(message["visible_at"] <= now for message in queue["messages"])
    cloudwatch.record_metric("AWS/SQS", QUEUE_DEPTH, visible, "Count", dict(dimensions))


def _append_events(append: Callable[[Json, list[Json]], None], stream: Json, events: list[Json]) -> None:
    append(stream, events)
    for event in events:
        message = event.get("message", "")
        if '"_aws"' in message:
            try:
                _record(message)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                _log.warning("a log event in the embedded metric format is invalid: %r: %s", error, message)


def _record(message: str) -> None:
    line = json.loads(message[message.index("{") :])
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive.get("Dimensions") or [[]]:
            dimensions = {name: str(line[name]) for name in names}
            for metric in directive["Metrics"]:
                values = line[metric["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    unit = metric.get("Unit", "None")
                    cloudwatch.record_metric(directive["Namespace"], metric["Name"], value, unit, dimensions)


def install() -> None:
    hooks.wrap(stepfunctions, "_emit_execution_status_event", _count_execution)
    hooks.wrap(lambda_svc, "_execute_function_dispatch", _count_invocation)
    hooks.wrap(lambda_svc, "_acquire_execution_slot", _count_throttle)
    hooks.replace(lambda_svc, "_emit_lambda_metrics", lambda _: lambda *arguments, **options: None)
    hooks.wrap(cloudwatch_logs, "_append_log_events", _append_events)
    hooks.require(sqs, "_queue_by_arn")

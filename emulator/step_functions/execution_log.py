"""Executions in CloudWatch Logs, by the state machine's logging level."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import cloudwatch_logs, stepfunctions

_DATA = ("input", "output", "parameters", "assignedVariables")
_FATAL = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")


def write(record: dict[str, Any], event: dict[str, Any]) -> None:
    """Log one history event of the execution `record`, when the machine's level asks for it."""
    machine = stepfunctions._state_machines.get(record["stateMachineArn"]) or {}
    configuration = machine.get("loggingConfiguration") or {}
    if not _wanted(configuration.get("level", "OFF"), event["type"]):
        return
    details: dict[str, Any] = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    if not configuration.get("includeExecutionData"):
        details = {name: value for name, value in details.items() if name not in _DATA}
    now = int(time.time() * 1000)
    message = {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details,
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(now),
        "execution_arn": record["executionArn"],
    }
    for destination in configuration.get("destinations", []):
        _append(destination["cloudWatchLogsLogGroup"]["logGroupArn"], record["startDate"], now, message)


def _wanted(level: str, kind: str) -> bool:
    if level == "ERROR":
        return kind in _FATAL or kind.endswith(("Failed", "TimedOut", "Aborted"))
    return level == "ALL" or (level == "FATAL" and kind in _FATAL)


def _append(group_arn: str, start_date: str, now: int, message: dict[str, Any]) -> None:
    group = cloudwatch_logs._log_groups.get(group_name(group_arn))
    if group is None:  # deleted since: AWS drops the line too
        return
    stream = group["streams"].setdefault(
        f"states/{start_date[:10]}",
        {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        },
    )
    line = {"timestamp": now, "ingestionTime": now, "message": json.dumps(message)}
    cloudwatch_logs._append_log_events(stream, [line])


def group_name(group_arn: str) -> str:
    return group_arn.partition(":log-group:")[2].removesuffix(":*")

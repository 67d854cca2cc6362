"""Events of executions in CloudWatch Logs, and their status changes on the event bus."""

import json
import time

from ministack.services import cloudwatch_logs, eventbridge, stepfunctions

from emulator import hooks
from emulator.models import Json

_DATA = ("input", "output", "parameters", "assignedVariables")
_FATAL = ("ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
MAX_EVENT_CHARACTERS = 248 * 1024
"""Longer inputs and outputs are omitted from a status event."""
REDRIVABLE = ("FAILED", "ABORTED", "TIMED_OUT")


def log(record: Json, event: Json) -> None:
    """Log a history event of the execution `record`, if the machine's level includes it."""
    machine = stepfunctions._state_machines.get(record["stateMachineArn"]) or {}
    configuration = machine.get("loggingConfiguration") or {}
    if not _is_logged(configuration.get("level", "OFF"), event["type"]):
        return
    details: Json = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
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
        group = cloudwatch_logs._log_groups.get(group_name(destination["cloudWatchLogsLogGroup"]["logGroupArn"]))
        if group is not None:  # AWS, too, drops events when the group has been deleted
            times = dict.fromkeys(("firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"))
            new: Json = {"events": [], "uploadSequenceToken": "1", "creationTime": now, **times}
            stream = group["streams"].setdefault(f"states/{record['startDate'][:10]}", new)
            line = {"timestamp": now, "ingestionTime": now, "message": json.dumps(message)}
            cloudwatch_logs._append_log_events(stream, [line])


def _is_logged(level: str, kind: str) -> bool:
    if level == "ERROR":
        return kind in _FATAL or kind.endswith(("Failed", "TimedOut", "Aborted"))
    return level == "ALL" or (level == "FATAL" and kind in _FATAL)


def group_name(group_arn: str) -> str:
    return group_arn.partition(":log-group:")[2].removesuffix(":*")


def publish(execution: Json) -> None:
    """Put a status change event, with the fields of DescribeExecution, on the default bus."""
    status = execution["status"]
    redrivable = status in REDRIVABLE
    detail = {
        **{key: execution[key] for key in ("executionArn", "stateMachineArn", "name", "status")},
        **{key: stepfunctions._iso_to_epoch_ms(execution.get(key)) for key in ("startDate", "stopDate")},
        **_payload("input", execution.get("input")),
        **_payload("output", execution.get("output") if status == "SUCCEEDED" else None),
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
        "redriveStatusReason": None if redrivable else f"Execution is {status} and cannot be redriven",
        **{key: execution.get(key) if redrivable else None for key in ("error", "cause")},
    }
    entry = {
        "Source": "aws.states",
        "DetailType": "Step Functions Execution Status Change",
        "Detail": json.dumps(detail),
        "Resources": [execution["executionArn"]],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _payload(name: str, text: str | None) -> Json:
    if text is None:
        return {name: None, f"{name}Details": None}
    fits = len(text) <= MAX_EVENT_CHARACTERS
    return {name: text if fits else None, f"{name}Details": {"included": fits}}


def install() -> None:
    hooks.replace(stepfunctions, "_emit_execution_status_event", lambda _: publish)
    hooks.require(stepfunctions, "_iso_to_epoch_ms")

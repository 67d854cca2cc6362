"""The event of every change of an execution's status: it says what DescribeExecution says, by AWS's documentation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, stepfunctions

from emulator import hooks

Json = dict[str, Any]

MOST_CHARACTERS = 248 * 1024
"""Input and output that are longer are left out."""
REDRIVABLE = ("FAILED", "ABORTED", "TIMED_OUT")


def publish(execution: Json) -> None:
    """Put the event on the default bus."""
    status = execution["status"]
    redrivable = status in REDRIVABLE
    detail = {
        **{key: execution[key] for key in ("executionArn", "stateMachineArn", "name", "status")},
        "startDate": _milliseconds(execution.get("startDate")),
        "stopDate": _milliseconds(execution.get("stopDate")),
        **_payload("input", execution.get("input")),
        **_payload("output", execution.get("output") if status == "SUCCEEDED" else None),
        "stateMachineVersionArn": None,
        "stateMachineAliasArn": None,
        "redriveCount": 0,
        "redriveDate": None,
        "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
        "redriveStatusReason": None if redrivable else f"Execution is {status} and cannot be redriven",
        "error": execution.get("error") if redrivable else None,
        "cause": execution.get("cause") if redrivable else None,
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
    fits = len(text) <= MOST_CHARACTERS
    return {name: text if fits else None, f"{name}Details": {"included": fits}}


def _milliseconds(moment: str | None) -> int | None:
    return int(stepfunctions._iso_to_epoch_ms(moment)) if moment else None


def _only_of_standard(_: Callable[[Json], None]) -> Callable[[Json], None]:
    def emit(execution: Json) -> None:
        if not execution.get("sync"):  # Express workflows send none
            publish(execution)

    return emit


def install() -> None:
    hooks.replace(stepfunctions, "_emit_execution_status_event", _only_of_standard)
    hooks.original(stepfunctions, "_iso_to_epoch_ms")

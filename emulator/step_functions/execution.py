"""One execution: its record in MiniStack, its history, its end, and what may interrupt it."""

from __future__ import annotations

import contextvars
import json
import threading
from typing import Any

from ministack.core.responses import get_region
from ministack.services import stepfunctions

from emulator.step_functions import execution_log
from emulator.step_functions.errors import TaskError
from emulator.step_functions.scope import Scope

_history_lock = threading.RLock()


class Execution:
    """A running execution. Its end is decided once: whoever sets the status first wins."""

    def __init__(self, record: dict[str, Any], machine: dict[str, Any]) -> None:
        self.record = record
        self.machine = machine
        self.arn: str = record["executionArn"]
        self.role_arn: str = machine["roleArn"]
        self.scope = Scope()
        self.region: str = get_region()

    def context(self) -> dict[str, Any]:
        """The context object, without the state's part."""
        return {
            "Execution": {
                "Id": self.arn,
                "Input": json.loads(self.record["input"]),
                "Name": self.record["name"],
                "RoleArn": self.role_arn,
                "StartTime": self.record["startDate"],
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": self.record["stateMachineArn"], "Name": self.machine["name"]},
        }

    def succeed(self, output: Any, previous: int) -> None:
        text = json.dumps(output)
        details = {"output": text, "outputDetails": {"truncated": False}}
        self._end("SUCCEEDED", "ExecutionSucceeded", details, previous, output=text)

    def fail(self, failed: TaskError, previous: int) -> None:
        details = {"error": failed.error, **({"cause": failed.cause} if failed.cause else {})}
        self._end("FAILED", "ExecutionFailed", details, previous, **details)

    def time_out(self) -> None:
        """The machine's TimeoutSeconds passed: no Catch runs."""
        self._end("TIMED_OUT", "ExecutionTimedOut", {}, len(self.record["events"]))
        self.scope.interrupt()

    def _end(self, status: str, event: str, details: dict[str, Any], previous: int, **fields: str) -> None:
        with _history_lock:
            if self.record["status"] != "RUNNING":
                return
            self.record.update(status=status, stopDate=stepfunctions.now_iso(), **fields)
            add_event(self.record, event, {f"{event[0].lower()}{event[1:]}EventDetails": details}, previous)
        stepfunctions._emit_execution_status_event(self.record)

    def limit(self, seconds: float) -> threading.Timer:
        """Time out after `seconds` of real time: the work in it takes as long as it takes."""
        timer = threading.Timer(seconds, contextvars.copy_context().run, (self.time_out,))
        timer.daemon = True
        timer.start()
        return timer


def add_event(
    record: dict[str, Any], kind: str, details: dict[str, Any] | None = None, previous: int | None = None
) -> dict[str, Any]:
    """Append to the history; after the execution's end only its own final event is taken."""
    with _history_lock:
        events = record["events"]
        if record["status"] != "RUNNING" and not kind.startswith("Execution"):
            return {}
        event = {
            "id": len(events) + 1,
            "previousEventId": len(events) if previous is None else previous,
            "type": kind,
            "timestamp": stepfunctions.now_iso(),
            **(details or {}),
        }
        events.append(event)
    execution_log.write(record, event)
    return event

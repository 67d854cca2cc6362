"""An execution: its record in MiniStack, its history, its end, and its interruption.

A stopped execution, a timed-out state and a failed Map item interrupt the work below them.
"""

import contextvars
import json
import threading
import time
import weakref
from typing import Any

from ministack.core.responses import get_region
from ministack.services import stepfunctions

from emulator import faults
from emulator.step_functions import monitoring
from emulator.step_functions.data import to_text
from emulator.step_functions.errors import RUNTIME, TaskError, TaskInterrupted

_history_lock = threading.RLock()

WHOLE = {"truncated": False}
"""inputDetails, outputDetails and assignedVariablesDetails: data within the size limit are not truncated."""


class Scope:
    """Work that can be interrupted, together with its child scopes."""

    def __init__(self, parent: "Scope | None" = None) -> None:
        self._interrupted = threading.Event()
        self._children: weakref.WeakSet[Scope] = weakref.WeakSet()
        if parent is not None:
            parent._children.add(self)
            if parent.interrupted():
                self._interrupted.set()

    def interrupt(self) -> None:
        self._interrupted.set()
        for child in list(self._children):
            child.interrupt()

    def interrupted(self) -> bool:
        return self._interrupted.is_set()

    def check(self) -> None:
        """TaskInterrupted when this scope is interrupted."""
        if self._interrupted.is_set():
            raise TaskInterrupted

    def wait(self, seconds: float) -> None:
        """Sleep `seconds` of real time; TaskInterrupted as soon as this scope is interrupted."""
        if self._interrupted.wait(max(0.0, seconds)):
            raise TaskInterrupted

    def wait_for(self, happened: threading.Event, seconds: float | None) -> bool:
        """Wait until `happened` (True) or for `seconds` of real time (False); TaskInterrupted on interruption."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not happened.wait(0.02):
            self.check()
            if deadline is not None and time.monotonic() >= deadline:
                return False
        return True


class Execution:
    """A running execution. Only the first call that ends it takes effect."""

    def __init__(self, record: dict[str, Any], machine: dict[str, Any]) -> None:
        self.record = record
        self.machine = machine
        self.arn: str = record["executionArn"]
        self.role_arn: str = machine["roleArn"]
        self.scope = Scope()
        self.region: str = get_region()
        self.faults = faults.Orders(record["name"])

    def context(self) -> dict[str, Any]:
        """The context object without the state."""
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

    def check_machine(self) -> None:
        """TaskError when the machine has been deleted: AWS then ends the execution at its next transition."""
        machine = stepfunctions._state_machines.get(self.record["stateMachineArn"])
        if machine is None or machine["status"] != "ACTIVE":
            raise TaskError(RUNTIME, f"State machine {self.machine['name']} has been deleted.")

    def succeed(self, output: Any, previous: int) -> None:
        text = to_text(output)
        details = {"output": text, "outputDetails": WHOLE}
        self._end("SUCCEEDED", "ExecutionSucceeded", details, previous, output=text)

    def fail(self, failed: TaskError, previous: int) -> None:
        """`previous` is the last event of the branch; an uncatchable error follows the last event of the history."""
        if failed.error == RUNTIME:
            previous = len(self.record["events"])
        self._end("FAILED", "ExecutionFailed", failed.details(), previous, **failed.details())

    def time_out(self) -> None:
        """The machine's TimeoutSeconds have passed; no Catch applies."""
        self._end("TIMED_OUT", "ExecutionTimedOut", {}, len(self.record["events"]))
        self.scope.interrupt()

    def abort(self, details: dict[str, str]) -> None:
        """StopExecution."""
        self._end("ABORTED", "ExecutionAborted", details, len(self.record["events"]), **details)
        self.scope.interrupt()

    def _end(self, status: str, event: str, details: dict[str, Any], previous: int, **fields: str) -> None:
        with _history_lock:
            if self.record["status"] != "RUNNING":
                return
            self.record.update(status=status, stopDate=stepfunctions.now_iso(), **fields)
            add_event(self.record, event, {f"{event[0].lower()}{event[1:]}EventDetails": details}, previous)
        stepfunctions._emit_execution_status_event(self.record)

    def limit(self, seconds: float) -> threading.Timer:
        """Time out after `seconds` of real time, as work is not shortened by the clock factor."""
        timer = threading.Timer(seconds, contextvars.copy_context().run, (self.time_out,))
        timer.daemon = True
        timer.start()
        return timer


def add_event(record: dict[str, Any], kind: str, details: dict[str, Any] | None, previous: int) -> int:
    """Append an event to the history. Returns the event's id, or 0 after the end of the execution."""
    with _history_lock:
        events = record["events"]
        if record["status"] != "RUNNING" and not kind.startswith("Execution"):
            return 0
        event = {
            "id": len(events) + 1,
            "previousEventId": previous,
            "type": kind,
            "timestamp": stepfunctions.now_iso(),
            **(details or {}),
        }
        events.append(event)
    monitoring.log(record, event)
    return int(event["id"])

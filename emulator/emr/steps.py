"""Steps as the API shows them: adding, cancelling, and each change of state."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator import models
from emulator.emr import events, store
from emulator.models import ApiError, Params

MOST_PENDING = 256
CANCEL_GRACE_SECONDS = 5.0
stopping = threading.Event()
"""Set when the emulator ends all its children: a step that ends from now on did not fail by itself."""
_end_process: dict[str, Callable[[float], None]] = {}


def add(cluster: store.Record, added: list[Params]) -> list[str]:
    """The ids of the new steps, PENDING; ApiError ValidationException for those that are refused."""
    for step in added:
        models.supported("a step", step["HadoopJarStep"], ("Jar", "Args"))
    for action in (step.get("ActionOnFailure", "CONTINUE") for step in added):
        if action != "CONTINUE":
            raise ApiError("ValidationException", f"The local AWS does not support ActionOnFailure {action}.")
    with store.lock:
        active = [step for step in cluster["steps"] if store.state(step) not in store.STEP_ENDED]
        if len(added) + len(active) > MOST_PENDING:
            message = f"A cluster can have at most {MOST_PENDING} active and pending steps."
            raise ApiError("ValidationException", message)
        made = [_new(step) for step in added]
        cluster["steps"] += made
    for step in made:
        events.step_changed(cluster, step)
    return [step["Id"] for step in made]


def _new(step: Params) -> store.Record:
    jar = step["HadoopJarStep"]
    return {
        "Id": store.new_id("s"),
        "Name": step["Name"],
        "ActionOnFailure": "CONTINUE",
        "Config": {
            "Jar": jar["Jar"],
            "Properties": {},
            "Args": jar.get("Args", []),
        },
        "Status": store.new_status("PENDING"),
    }


def find(cluster: store.Record, step_id: str) -> store.Record:
    for step in cluster["steps"]:
        if step["Id"] == step_id:
            found: store.Record = step
            return found
    raise ApiError("InvalidRequestException", f"Step id '{step_id}' is not valid.")


def move(cluster: store.Record, step: store.Record, state: str, failure: dict[str, Any] | None = None) -> None:
    """The next state, unless the step has ended or goes from CANCEL_PENDING back to running."""
    with store.lock:
        before = store.state(step)
        if before in store.STEP_ENDED or (before == "CANCEL_PENDING" and state == "RUNNING"):
            return
        step["Status"]["State"] = state
        if failure:
            step["Status"]["FailureDetails"] = failure
        timeline, now = step["Status"]["Timeline"], time.time()
        if state == "RUNNING":
            timeline["StartDateTime"] = now
        if state in store.STEP_ENDED:
            timeline["EndDateTime"] = now
    events.step_changed(cluster, step)


def cancellable(step: store.Record, end_process: Callable[[float], None] | None) -> None:
    """What ends the step's process within some seconds; None when it has none (any more)."""
    with store.lock:
        if end_process is None:
            _end_process.pop(step["Id"], None)
            return
        _end_process[step["Id"]] = end_process
        cancelled = store.state(step) == "CANCEL_PENDING"
    if cancelled:
        end_process(CANCEL_GRACE_SECONDS)


def cancel(cluster: store.Record, step: store.Record) -> Params:
    """The entry of CancelSteps' answer for one step: a pending one is cancelled at once, a running one is ended."""
    with store.lock:
        state = store.state(step)
        if state in store.STEP_ENDED:
            reason = f"Cannot cancel step {step['Id']}: it is {state}."
            return {"StepId": step["Id"], "Status": "FAILED", "Reason": reason}
        if state == "RUNNING":
            step["Status"]["State"] = "CANCEL_PENDING"
    if state == "PENDING":
        move(cluster, step, "CANCELLED")
    elif end_process := _end_process.get(step["Id"]):
        spawn_background(end_process, CANCEL_GRACE_SECONDS, thread_name="emr-cancel")
    return {"StepId": step["Id"], "Status": "SUBMITTED", "Reason": ""}


def cancel_pending(cluster: store.Record) -> None:
    for step in cluster["steps"]:
        if store.state(step) == "PENDING":
            move(cluster, step, "CANCELLED")


def interrupt() -> None:
    stopping.set()

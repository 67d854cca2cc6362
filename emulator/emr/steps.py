"""Steps: adding, cancelling and state changes."""

import time
from typing import Any

from emulator.emr import events, store
from emulator.models import Json, invalid
from emulator.spark import processes

MAX_PENDING = 256


def add(cluster: store.Record, added: list[Json]) -> list[str]:
    """Add PENDING steps; returns their ids. ApiError ValidationException when the cluster has too many steps."""
    with store.lock:
        if len(added) + len(active(cluster)) > MAX_PENDING:
            raise invalid(f"A cluster can have at most {MAX_PENDING} active and pending steps.")
        made = [_new(step["Name"], step["HadoopJarStep"]) for step in added]
        cluster["steps"] += made
    for step in made:
        events.step_changed(cluster, step)
    return [step["Id"] for step in made]


def _new(name: str, jar: Json) -> store.Record:
    return {
        "Id": store.new_id("s"),
        "Name": name,
        "ActionOnFailure": "CONTINUE",
        "Config": {"Jar": jar["Jar"], "Properties": {}, "Args": jar.get("Args", [])},
        "Status": store.new_status("PENDING"),
    }


def active(cluster: store.Record) -> list[store.Record]:
    """The steps that have not ended, in order."""
    return [step for step in cluster["steps"] if store.state(step) not in store.STEP_ENDED]


def find(cluster: store.Record, step_id: str) -> store.Record:
    for step in cluster["steps"]:
        if step["Id"] == step_id:
            found: store.Record = step
            return found
    raise invalid(f"Step id '{step_id}' is not valid.", "InvalidRequestException")


def move(cluster: store.Record, step: store.Record, state: str, failure: dict[str, Any] | None = None) -> None:
    """Change the state, unless the step has ended or changes from CANCEL_PENDING to RUNNING."""
    with store.lock:
        before = store.state(step)
        if before in store.STEP_ENDED or (before == "CANCEL_PENDING" and state == "RUNNING"):
            return
        step["Status"]["State"] = state
        if failure:
            step["Status"]["FailureDetails"] = failure
        if state == "RUNNING" or state in store.STEP_ENDED:
            step["Status"]["Timeline"]["StartDateTime" if state == "RUNNING" else "EndDateTime"] = time.time()
    events.step_changed(cluster, step)


def cancel(cluster: store.Record, step: store.Record) -> Json:
    """Cancel a step; returns its entry of CancelSteps' response."""
    with store.lock:
        state = store.state(step)
        if state in store.STEP_ENDED:
            reason = f"Cannot cancel step {step['Id']}: it is {state}."
            return {"StepId": step["Id"], "Status": "FAILED", "Reason": reason}
        if state == "RUNNING":
            step["Status"]["State"] = "CANCEL_PENDING"
    if state == "PENDING":
        move(cluster, step, "CANCELLED")
    else:
        processes.cancel(step["Id"])
    return {"StepId": step["Id"], "Status": "SUBMITTED", "Reason": ""}

"""Job runs as the API shows them: starting, cancelling, and each change of state."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator import models
from emulator.emr_serverless import applications, events, store
from emulator.models import ApiError

DEFAULT_TIMEOUT_MINUTES = 720
MEMBERS = {
    *("applicationId", "clientToken", "executionRoleArn", "executionTimeoutMinutes", "name", "jobDriver", "tags"),
    "configurationOverrides",
}
"""Of AWS's members of StartJobRun those that our pipelines give."""
stopping = threading.Event()
_cancel_process: dict[str, Callable[[float], None]] = {}


class Cancelled(Exception):
    """The job run was cancelled while it was on its way."""


def start(params: dict[str, Any], created_by: str, execute: Callable[[store.Record], None]) -> store.Record:
    """StartJobRun; the same clientToken gives the same job run. `execute` runs it in the background."""
    application = store.application(params["applicationId"])
    _check(params)
    with store.lock:
        for existing in store.job_runs.values():
            if (
                existing["clientToken"] == params["clientToken"]
                and existing["applicationId"] == params["applicationId"]
            ):
                return store.dict_of(existing)
        applications.ready_for_jobs(application)
        run = _new(params, application, created_by)
        store.job_runs[run["jobRunId"]] = run
    events.job_run_changed(run, None)
    spawn_background(execute, run, thread_name=f"emr-serverless-{run['jobRunId']}")
    return run


def _check(params: dict[str, Any]) -> None:
    models.supported("a job run", params, MEMBERS)
    overrides = params.get("configurationOverrides", {})
    models.supported("configurationOverrides", overrides, ("monitoringConfiguration",))
    monitoring = overrides.get("monitoringConfiguration", {})
    models.supported("monitoringConfiguration", monitoring, ("s3MonitoringConfiguration",))
    if "sparkSubmit" not in params.get("jobDriver", {}):
        raise ApiError("ValidationException", "jobDriver.sparkSubmit is required: only Spark jobs run here.")


def _new(params: dict[str, Any], application: store.Record, created_by: str) -> store.Record:
    now, job_run_id = time.time(), store.new_id()
    return {
        "tags": {},
        "mode": "BATCH",
        "executionTimeoutMinutes": DEFAULT_TIMEOUT_MINUTES,
        **params,
        "jobRunId": job_run_id,
        "arn": store.arn(params["applicationId"], job_run_id),
        "executionRole": params["executionRoleArn"],
        "releaseLabel": application["releaseLabel"],
        "type": application["type"],
        "createdBy": created_by,
        "createdAt": now,
        "updatedAt": now,
        "attempt": 1,
        "state": "SUBMITTED",
        "stateDetails": "",
    }


def move(run: store.Record, state: str, details: str = "") -> None:
    """The next state; Cancelled instead when somebody cancelled the run meanwhile."""
    with store.lock:
        if run["state"] == "CANCELLING" and state not in store.ENDED:
            raise Cancelled
        previous, now = run["state"], time.time()
        run.update(state=state, stateDetails=details, updatedAt=now)
        if state == "RUNNING":
            run.setdefault("startedAt", now)
            run.setdefault("queuedDurationMilliseconds", 0)
        if state in store.ENDED:
            run["endedAt"] = now
            if "startedAt" in run:
                run["totalExecutionDurationSeconds"] = round(now - run["startedAt"])
            applications.idle_from_now(store.application(run["applicationId"]))
    events.job_run_changed(run, previous)


def wait_until(run: store.Record, met: Callable[[], bool]) -> None:
    """Wait for `met`; Cancelled as soon as the run is cancelled."""
    while not met():
        still_wanted(run)
        time.sleep(0.02)
    still_wanted(run)


def still_wanted(run: store.Record) -> None:
    if run["state"] == "CANCELLING":
        raise Cancelled


def cancellable(run: store.Record, cancel_process: Callable[[float], None] | None) -> None:
    """What ends the run's process within some seconds; None when it has none (any more)."""
    if cancel_process is None:
        _cancel_process.pop(run["jobRunId"], None)
    else:
        _cancel_process[run["jobRunId"]] = cancel_process


def cancel(application_id: str, job_run_id: str, grace: float) -> store.Record:
    """CancelJobRun; again on one that is cancelling does nothing, on one that has ended it is refused."""
    run = store.job_run(application_id, job_run_id)
    with store.lock:
        if run["state"] == "CANCELLING":
            return run
        if run["state"] in store.ENDED:
            raise ApiError("ValidationException", f"Job run {job_run_id} cannot be cancelled: it is {run['state']}.")
        move(run, "CANCELLING")
    if end_process := _cancel_process.get(job_run_id):
        spawn_background(end_process, grace, thread_name="emr-serverless-cancel")
    return run


def interrupt() -> None:
    """The emulator is stopping and ends all its children: jobs that end from now on did not fail by themselves."""
    stopping.set()

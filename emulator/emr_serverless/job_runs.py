"""Job runs: starting, cancelling and state changes."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timezone

from ministack.core.concurrency import spawn_background
from ministack.services import eventbridge

from emulator.emr_serverless import applications, store
from emulator.models import Json, invalid
from emulator.spark import processes

DEFAULT_TIMEOUT_MINUTES = 720
EVENT = "EMR Serverless Job Run State Change"


class Cancelled(Exception):
    """The job run is cancelled."""


def start(params: Json, created_by: str, execute: Callable[[store.Record], None]) -> store.Record:
    """StartJobRun, idempotent with a clientToken; `execute` runs in the background."""
    application = store.application(params["applicationId"])
    if "sparkSubmit" not in params.get("jobDriver", {}):
        raise invalid("jobDriver.sparkSubmit is required: the local AWS supports only Spark jobs.")
    with store.lock:
        for existing in store.job_runs_of(params["applicationId"]):
            if existing["clientToken"] == params["clientToken"]:
                return existing
        applications.ready_for_jobs(application)
        run = _new(params, application, created_by)
        store.job_runs[run["jobRunId"]] = run
    _put_event(run, {})
    spawn_background(execute, run, thread_name=f"emr-serverless-{run['jobRunId']}")
    return run


def _new(params: Json, application: store.Record, created_by: str) -> store.Record:
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
    """Change the state. Cancelled when the run is being cancelled."""
    with store.lock:
        if state not in store.ENDED:
            require_not_cancelled(run)
        previous, now = run["state"], time.time()
        run.update(state=state, stateDetails=details, updatedAt=now)
        if state == "RUNNING":
            run["startedAt"] = now
        if state in store.ENDED:
            run["endedAt"] = now
            if "startedAt" in run:
                run["totalExecutionDurationSeconds"] = round(now - run["startedAt"])
            applications.idle_from_now(store.application(run["applicationId"]))
    _put_event(run, {"previousState": previous})


def _put_event(run: store.Record, previous: Json) -> None:
    """Put the state change event of aws.emr-serverless on the default event bus."""
    copied = ("jobRunId", "applicationId", "arn", "releaseLabel", "state", "createdBy")
    times = {
        key: datetime.fromtimestamp(run[key], timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        for key in ("createdAt", "updatedAt")
    }
    name = {"jobRunName": run["name"]} if run.get("name") else {}
    detail = json.dumps({**{key: run[key] for key in copied}, **name, **times, **previous})
    entry = {"Source": "aws.emr-serverless", "DetailType": EVENT, "Detail": detail, "Resources": []}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def is_cancelled(run: store.Record) -> bool:
    return bool(run["state"] == "CANCELLING")


def require_not_cancelled(run: store.Record) -> None:
    if is_cancelled(run):
        raise Cancelled


def wait_until(run: store.Record, met: Callable[[], bool]) -> None:
    """Wait for `met`. Cancelled when the run is being cancelled."""
    while not met():
        require_not_cancelled(run)
        time.sleep(0.02)
    require_not_cancelled(run)


def cancel(application_id: str, job_run_id: str) -> store.Record:
    """CancelJobRun, unless the run is being cancelled. ApiError when the run has ended."""
    run = store.job_run(application_id, job_run_id)
    with store.lock:
        if is_cancelled(run):
            return run
        if run["state"] in store.ENDED:
            raise invalid(f"Job run {job_run_id} cannot be cancelled: it is {run['state']}.")
        move(run, "CANCELLING")
    processes.cancel(job_run_id)
    return run

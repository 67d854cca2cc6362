"""One job run from SUBMITTED to its end: capacity, role, entry point, spark-submit, logs, what it used."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator import clock, roles
from emulator.authorization import Credentials, assume_role
from emulator.emr_serverless import job_runs, logs, spark_submit, store
from emulator.emr_serverless.workers import ExecutorsError, Workers, WorkersError, check_executors, utilization, workers
from emulator.models import ApiError
from emulator.role_client import DownloadError, download

MINUTE = float(os.environ.get("EMULATOR_JOB_MINUTE_SECONDS", "60"))
"""Seconds in a minute of executionTimeoutMinutes. Real work is not shortened by the clock factor."""
SCHEDULING_SECONDS = 5
BILLING_DELAY_SECONDS = 5
LOG_DELAY_SECONDS = 15
"""How much later than the state of a job run its log files may be: EMR Serverless writes them every so often."""
CANCEL_GRACE_SECONDS = 5.0


class JobFailed(Exception):
    """The message is the job run's stateDetails."""


def work_folder() -> Path:
    """Where jobs keep their files while they run; emptied when an emulator starts, for what a kill -9 left."""
    return Path(os.environ["EMULATOR_STATE_DIR"]) / "jobs"


def execute(run: store.Record) -> None:
    """Take the run to SUCCESS, FAILED or CANCELLED; whatever goes wrong is in its stateDetails."""
    application = store.application(run["applicationId"])
    try:
        run["queuedDurationMilliseconds"] = round((time.time() - run["createdAt"]) * 1000)
        job_runs.move(run, "PENDING")
        conf, options = spark_submit.parse(run["jobDriver"]["sparkSubmit"].get("sparkSubmitParameters", ""))
        needed = workers(conf, application.get("maximumCapacity"))
        job_runs.wait_until(run, lambda: application["state"] == "STARTED")
        job_runs.move(run, "SCHEDULED")
        ready = time.monotonic() + clock.shortened(SCHEDULING_SECONDS)
        job_runs.wait_until(run, lambda: time.monotonic() >= ready)
        _run(run, application, conf, options)
        job_runs.move(run, "SUCCESS")
    except job_runs.Cancelled:
        job_runs.move(run, "CANCELLED", run.get("cancelDetails", ""))
    except (JobFailed, WorkersError, spark_submit.SubmitError, ApiError) as error:
        job_runs.move(run, "FAILED", logs.shortened(str(error)))
    except Exception as error:
        job_runs.move(run, "FAILED", logs.shortened(f"The emulator failed to run this job: {error!r}"))
        raise
    finally:
        if "startedAt" in run:
            spawn_background(_bill, run, needed, thread_name="emr-serverless-billing")


def _run(run: store.Record, application: store.Record, conf: dict[str, str], options: list[str]) -> None:
    role = run["executionRole"]
    if not roles.trusts(role, "emr-serverless.amazonaws.com", application["arn"]):
        raise JobFailed(
            f"Could not assume runtime role {role} because it does not exist or isn't set up with the required trust "
            "relationship with emr-serverless.amazonaws.com."
        )
    credentials = assume_role(role, f"emr-serverless-{run['jobRunId']}")
    work = work_folder() / run["jobRunId"]
    work.mkdir(parents=True)
    try:
        _submit(run, conf, options, credentials, work)
    finally:
        spawn_background(_deliver_logs, run, work, credentials, thread_name="emr-serverless-logs")


def _deliver_logs(run: store.Record, work: Path, credentials: Credentials) -> None:
    """What the job has printed, some time after its end."""
    try:
        clock.wait(LOG_DELAY_SECONDS)
        if not job_runs.stopping.is_set():
            logs.deliver(run, work, credentials)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _submit(run: store.Record, conf: dict[str, str], options: list[str], credentials: Credentials, work: Path) -> None:
    driver: dict[str, Any] = run["jobDriver"]["sparkSubmit"]
    with (work / "stdout").open("wb") as out, (work / "stderr").open("wb") as err:
        try:
            check_executors(conf)
            entry = _fetched(driver["entryPoint"], credentials, work)
            local = spark_submit.localized(options, lambda uri: _fetched(uri, credentials, work))
        except (JobFailed, ExecutorsError) as error:
            job_runs.move(run, "RUNNING")
            err.write(f"{error}\n".encode())
            err.flush()
            raise JobFailed(str(error) if isinstance(error, JobFailed) else logs.failure_details(1, work)) from error
        job_runs.move(run, "RUNNING")
        process = spark_submit.start(
            local, conf, entry, driver.get("entryPointArguments", []), credentials, work, out, err
        )
        job_runs.cancellable(run, lambda grace: spark_submit.kill(process, grace))
        try:
            _wait(run, process)
        finally:
            job_runs.cancellable(run, None)
    if job_runs.stopping.is_set():
        raise JobFailed(store.INTERRUPTED)
    job_runs.still_wanted(run)
    if process.returncode != 0:
        raise JobFailed(logs.failure_details(process.returncode, work))


def _wait(run: store.Record, process: subprocess.Popen[Any]) -> None:
    """Until the process ends; it is ended when the run was cancelled just now or its time is over."""
    minutes = run["executionTimeoutMinutes"]
    if run["state"] == "CANCELLING":
        spark_submit.kill(process, CANCEL_GRACE_SECONDS)
    try:
        process.wait(timeout=minutes * MINUTE if minutes else None)
    except subprocess.TimeoutExpired:
        run["cancelDetails"] = f"Job run exceeded its execution timeout of {minutes} minutes and was cancelled."
        job_runs.move(run, "CANCELLING")
        spark_submit.kill(process, CANCEL_GRACE_SECONDS)


def _fetched(uri: str, credentials: Credentials, work: Path) -> Path:
    """The object copied into `work` with the job's role; JobFailed says which object and why not."""
    try:
        return download(uri, credentials, work)
    except DownloadError as error:
        raise JobFailed(f"{error}. Check that it exists and the S3 permissions of the job runtime role.") from error


def _bill(run: store.Record, used: Workers) -> None:
    clock.wait(BILLING_DELAY_SECONDS)
    seconds = run["endedAt"] - run["startedAt"]
    run["totalResourceUtilization"] = utilization(used, seconds, billed=False)
    run["billedResourceUtilization"] = utilization(used, seconds, billed=True)

"""Runs a job: capacity, role, entry point, spark-submit, logs and utilization."""

import logging
import os
import shutil
import subprocess
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.concurrency import spawn_background

from emulator import clock, faults, lifecycle, roles
from emulator.authorization import Credentials, assume_role
from emulator.emr_serverless import applications, job_runs, store
from emulator.emr_serverless.workers import ExecutorsError, Workers, WorkersError, check_executors, utilization, workers
from emulator.models import ApiError
from emulator.spark import files, processes, submit
from emulator.spark.submit import Submission

MINUTE = 60.0
"""Seconds in a minute of executionTimeoutMinutes. The clock factor does not apply to work."""
SCHEDULING_SECONDS = 5
BILLING_DELAY_SECONDS = 5
LOG_DELAY_SECONDS = 15
"""The delay of log files after the end of a job run: EMR Serverless writes them periodically."""
STREAMS = ("stdout", "stderr")
DETAILS_LENGTH = 256
_log = logging.getLogger("emulator.emr-serverless")


class JobFailed(Exception):
    """The message is the job run's stateDetails."""


def work_folder() -> Path:
    """The folder for files of running jobs, which is emptied at start."""
    return Path(os.environ["EMULATOR_STATE_DIR"]) / "jobs"


def execute(run: store.Record) -> None:
    """Run the job until it is SUCCESS, FAILED or CANCELLED; errors are in its stateDetails."""
    application, driver = store.application(run["applicationId"]), run["jobDriver"]["sparkSubmit"]
    try:
        job_runs.move(run, "PENDING")
        submission = submit.of_parameters(
            driver.get("sparkSubmitParameters", ""), driver["entryPoint"], driver.get("entryPointArguments", [])
        )
        needed = workers(submission.conf, application.get("maximumCapacity"))
        job_runs.wait_until(run, lambda: applications.is_started(application))
        job_runs.move(run, "SCHEDULED")
        ready = time.monotonic() + clock.shortened(SCHEDULING_SECONDS)
        job_runs.wait_until(run, lambda: time.monotonic() >= ready)
        _run(run, application, submission)
        job_runs.move(run, "SUCCESS")
    except job_runs.Cancelled:
        job_runs.move(run, "CANCELLED", run.get("cancelDetails", ""))
    except (JobFailed, WorkersError, submit.SubmitError, ApiError) as error:
        job_runs.move(run, "FAILED", shortened(str(error)))
    except Exception as error:
        job_runs.move(run, "FAILED", shortened(f"The emulator failed to run this job: {error!r}"))
        raise
    finally:
        if "startedAt" in run:
            spawn_background(_bill, run, needed, thread_name="emr-serverless-billing")


def _run(run: store.Record, application: store.Record, submission: Submission) -> None:
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
        _submit(run, submission, credentials, work)
    finally:
        spawn_background(_deliver_logs, run, work, credentials, thread_name="emr-serverless-logs")


def _submit(run: store.Record, submission: Submission, credentials: Credentials, work: Path) -> None:
    with (work / "stdout").open("wb") as out, (work / "stderr").open("wb") as err:
        failure: Exception | None = None
        try:
            check_executors(submission.conf)
            submission = submission.localized(lambda uri: files.download(uri, credentials, work))
        except (files.DownloadError, ExecutorsError) as error:
            failure = error
            err.write(f"{error}\n".encode())
        job_runs.move(run, "RUNNING")
        if isinstance(failure, files.DownloadError):
            raise JobFailed(f"{failure}. Check that it exists and the S3 permissions of the job runtime role.")
        if failure:
            code = 1
        else:
            stand_in = faults.stand_in(run["tags"])
            code = _exit_code(run, submit.start(submission, credentials, work, out, err, stand_in))
    if lifecycle.stopping.is_set():
        raise JobFailed(store.INTERRUPTED)
    job_runs.require_not_cancelled(run)
    if code != 0:
        raise JobFailed(failure_details(code, work))


def _exit_code(run: store.Record, process: subprocess.Popen[bytes]) -> int:
    """The exit code of the process, which ends when the run is cancelled or times out."""
    minutes = run["executionTimeoutMinutes"]
    try:
        timeout = minutes * MINUTE if minutes else None
        return processes.wait(run["jobRunId"], process, lambda: job_runs.is_cancelled(run), timeout)
    except subprocess.TimeoutExpired:
        run["cancelDetails"] = f"Job run exceeded its execution timeout of {minutes} minutes and was cancelled."
        job_runs.move(run, "CANCELLING")
        processes.end(process)
        return process.wait()


def failure_details(exit_code: int, work: Path) -> str:
    """AWS's stateDetails of a job whose process failed, at most 256 characters."""
    # The traceback of a Python program is on stdout: Spark merges both streams into the JVM's stdout.
    found = [line for name in STREAMS for line in files.exceptions(work / name)]
    last = "; ".join(dict.fromkeys(reversed(found[-6:])))
    return shortened(
        "Job failed, please check complete logs in configured logging destination. "
        f"ExitCode: {exit_code}. Last few exceptions: {last}"
    )


def shortened(details: str) -> str:
    return details if len(details) <= DETAILS_LENGTH else details[: DETAILS_LENGTH - 3] + "..."


def s3_logging(run: store.Record) -> dict[str, str]:
    """The S3MonitoringConfiguration of a job run."""
    monitoring = run.get("configurationOverrides", {}).get("monitoringConfiguration", {})
    found: dict[str, str] = monitoring.get("s3MonitoringConfiguration", {})
    return found


def _deliver_logs(run: store.Record, work: Path, credentials: Credentials) -> None:
    """Upload the job's output some time after its end. A failed upload does not change the job's result."""
    uri = s3_logging(run).get("logUri")
    try:
        clock.wait(LOG_DELAY_SECONDS)
        if uri is not None and not lifecycle.stopping.is_set():
            folder = f"{uri.rstrip('/')}/applications/{run['applicationId']}/jobs/{run['jobRunId']}/SPARK_DRIVER"
            files.upload(folder, {name: work / name for name in STREAMS}, credentials)
    except (BotoCoreError, ClientError) as error:
        _log.warning("job run %s: its logs could not be delivered: %s", run["jobRunId"], error)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _bill(run: store.Record, used: Workers) -> None:
    clock.wait(BILLING_DELAY_SECONDS)
    seconds = run["endedAt"] - run["startedAt"]
    run["totalResourceUtilization"] = utilization(used, seconds, billed=False)
    run["billedResourceUtilization"] = utilization(used, seconds, billed=True)

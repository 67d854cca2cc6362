"""Records of applications and job runs in the API's format, by account and region."""

import secrets
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from emulator.models import ApiError

Record = dict[str, Any]
INTERRUPTED = "The emulator was stopped while this job was running; its process was terminated."
ENDED = frozenset({"SUCCESS", "FAILED", "CANCELLED"})

applications = AccountRegionScopedDict()
job_runs = AccountRegionScopedDict()
lock = threading.RLock()


def arn(application_id: str, job_run_id: str | None = None) -> str:
    base = f"arn:aws:emr-serverless:{get_region()}:{get_account_id()}:/applications/{application_id}"
    return f"{base}/jobruns/{job_run_id}" if job_run_id else base


def new_id() -> str:
    """An id of 16 characters, as on AWS, that sorts by creation time."""
    return f"00{int(time.time() * 1000):011x}{secrets.randbelow(4096):03x}"


def application(application_id: str) -> Record:
    """The application, also when TERMINATED. ApiError ResourceNotFoundException when it does not exist."""
    found: Record | None = applications.get(application_id)
    if found is None:
        raise ApiError("ResourceNotFoundException", f"Application {application_id} does not exist", 404)
    return found


def job_run(application_id: str, job_run_id: str) -> Record:
    application(application_id)
    found: Record | None = job_runs.get(job_run_id)
    if found is None or found["applicationId"] != application_id:
        raise ApiError("ResourceNotFoundException", f"Job run {job_run_id} does not exist", 404)
    return found


def job_runs_of(application_id: str) -> list[Record]:
    return [run for run in job_runs.values() if run["applicationId"] == application_id]


def active_job_runs(application_id: str) -> list[Record]:
    return [run for run in job_runs_of(application_id) if run["state"] not in ENDED]


def repair(store: str, record: Record) -> None:
    """Stop an application or a job run that was active when the emulator stopped."""
    if store == "applications":
        at_rest = {"CREATING": "CREATED", "STARTING": "STOPPED", "STARTED": "STOPPED", "STOPPING": "STOPPED"}
        record["state"] = at_rest.get(record["state"], record["state"])
    elif record["state"] not in ENDED:
        state = "CANCELLED" if record["state"] == "CANCELLING" else "FAILED"
        record.update(state=state, stateDetails=INTERRUPTED, updatedAt=time.time(), endedAt=time.time())

"""Driver logs to where the job run asked for them, written with the job's role; and what they say went wrong."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from emulator.authorization import Credentials
from emulator.role_client import role_client

_log = logging.getLogger("emulator.emr-serverless")
STREAMS = ("stdout", "stderr")
DETAILS_LENGTH = 256
_EXCEPTION = re.compile(r"^(?:Exception in thread|Caused by:|[\w.$]+(?:Exception|Error)\b[:\s]).*", re.MULTILINE)


def deliver(run: dict[str, Any], work: Path, credentials: Credentials) -> None:
    """Upload stdout and stderr; like AWS, a destination that refuses them does not change the job's result."""
    monitoring = run.get("configurationOverrides", {}).get("monitoringConfiguration", {})
    uri = monitoring.get("s3MonitoringConfiguration", {}).get("logUri")
    if uri is None:
        return
    folder = f"{uri.rstrip('/')}/applications/{run['applicationId']}/jobs/{run['jobRunId']}/SPARK_DRIVER"
    try:
        to_s3(folder, {name: work / name for name in STREAMS}, credentials)
    except (BotoCoreError, ClientError) as error:
        _log.warning("job run %s: its logs could not be delivered: %s", run["jobRunId"], error)


def to_s3(folder: str, files: Mapping[str, Path], credentials: Credentials) -> None:
    """Each file, compressed, as an object below an s3:// URI; ClientError when the role may not."""
    s3 = role_client("s3", credentials)
    bucket, _, prefix = folder.split("://", 1)[1].partition("/")
    for name, file in files.items():
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}.gz", Body=gzip.compress(file.read_bytes()))


def exceptions(log: Path) -> list[str]:
    """The lines of a log that name an exception, in order."""
    return [line.strip() for line in _EXCEPTION.findall(log.read_text(errors="replace"))]


def failure_details(exit_code: int, work: Path) -> str:
    """AWS's stateDetails of a job whose process ended with `exit_code`, at most 256 characters."""
    # A Python program's traceback is on stdout: Spark merges both of its streams into the JVM's stdout.
    found = [line for name in STREAMS for line in exceptions(work / name)]
    last = "; ".join(dict.fromkeys(reversed(found[-6:])))
    return shortened(
        "Job failed, please check complete logs in configured logging destination. "
        f"ExitCode: {exit_code}. Last few exceptions: {last}"
    )


def shortened(details: str) -> str:
    return details if len(details) <= DETAILS_LENGTH else details[: DETAILS_LENGTH - 3] + "..."

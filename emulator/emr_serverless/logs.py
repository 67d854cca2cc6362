"""Driver logs to where the job run asked for them, written with the job's role; and what they say went wrong."""

from __future__ import annotations

import gzip
import logging
import re
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from emulator.authorization import Credentials
from emulator.role_client import role_client

_log = logging.getLogger("emulator.emr-serverless")
STREAMS = ("stdout", "stderr")
DETAILS_LENGTH = 256
_EXCEPTION = re.compile(r"^(?:Exception in thread|Caused by:|[\w.$]+(?:Exception|Error)\b[:\s]).*", re.MULTILINE)
_EVENTS_PER_CALL = 1000


def path_of(run: dict[str, Any]) -> str:
    """Where the logs of the run's current attempt are, below the destination."""
    path = f"applications/{run['applicationId']}/jobs/{run['jobRunId']}"
    return f"{path}/attempts/{run['attempt']}" if run["retryPolicy"]["maxAttempts"] > 1 else path


def deliver(run: dict[str, Any], application: dict[str, Any], path: str, work: Path, credentials: Credentials) -> None:
    """Upload stdout and stderr; like AWS, a destination that refuses them does not change the job's result."""
    monitoring = {
        **application.get("monitoringConfiguration", {}),
        **run.get("configurationOverrides", {}).get("monitoringConfiguration", {}),
    }
    try:
        if uri := monitoring.get("s3MonitoringConfiguration", {}).get("logUri"):
            _to_s3(f"{uri.rstrip('/')}/{path}/SPARK_DRIVER", work, credentials)
        cloudwatch = monitoring.get("cloudWatchLoggingConfiguration", {})
        if cloudwatch.get("enabled"):
            prefix = cloudwatch.get("logStreamNamePrefix", "").rstrip("/")
            stream = f"{prefix}/{path}/SPARK_DRIVER".lstrip("/")
            group = cloudwatch.get("logGroupName", "/aws/emr-serverless")
            wanted = cloudwatch.get("logTypes", {}).get("SPARK_DRIVER", ["STDOUT", "STDERR"])
            to_cloudwatch(group, stream, [name.lower() for name in wanted], work, credentials)
    except (BotoCoreError, ClientError) as error:
        _log.warning("job run %s: its logs could not be delivered: %s", run["jobRunId"], error)


def _to_s3(folder: str, work: Path, credentials: Credentials) -> None:
    s3 = role_client("s3", credentials)
    bucket, _, prefix = folder.split("://", 1)[1].partition("/")
    for name in STREAMS:
        s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}.gz", Body=gzip.compress((work / name).read_bytes()))


def to_cloudwatch(group: str, stream: str, names: list[str], work: Path, credentials: Credentials) -> None:
    """Each file of `names` in `work` as the log stream `stream`/name; ClientError when the role may not."""
    client = role_client("logs", credentials)
    for name in names:
        lines = [line for line in (work / name).read_text(errors="replace").splitlines() if line.strip()]
        client.create_log_stream(logGroupName=group, logStreamName=f"{stream}/{name}")
        now = int(time.time() * 1000)
        for first in range(0, len(lines), _EVENTS_PER_CALL):
            events = [{"timestamp": now, "message": line} for line in lines[first : first + _EVENTS_PER_CALL]]
            client.put_log_events(logGroupName=group, logStreamName=f"{stream}/{name}", logEvents=events)


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

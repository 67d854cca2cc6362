"""Logs of a step, written to S3 and CloudWatch Logs with the instance's role."""

import logging
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region

from emulator import authorization
from emulator.authorization import AccessDenied, Credentials
from emulator.emr import network, store
from emulator.role_client import role_client
from emulator.spark import files

_log = logging.getLogger("emulator.emr")
FILES = ("controller", "stderr", "stdout", "syslog")
STEP_LOGS = "STEP_LOGS"
"""The only log type with content here, as the driver's output is in the step's logs."""
EVENTS_PER_CALL = 1000
AGENT = "amazoncloudwatchagent"
AGENT_PERMISSIONS = ("logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutRetentionPolicy")
"""Permissions in EMR's documentation other than for writing; here the agent needs all of them.

The documentation also has logs:CreateLogGroup, which the agent uses only when the group does not exist.
"""


class Output:
    """The folder of a step's log files."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.step = work / "step-logs"
        self.step.mkdir()
        for name in FILES:
            (self.step / name).touch()

    def note(self, text: str) -> None:
        """Write a line to the controller's log."""
        self._append("controller", f"{time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime())} INFO {text}")

    def print_error(self, text: str) -> None:
        """Write a line to the step's stderr."""
        self._append("stderr", text)

    def _append(self, name: str, line: str) -> None:
        with (self.step / name).open("a") as file:
            file.write(f"{line}\n")


def folder(cluster: store.Record, step: store.Record) -> str | None:
    """The s3:// URI of the step's logs; None without LogUri."""
    uri = cluster.get("LogUri")
    return f"s3://{uri.split('://', 1)[1].rstrip('/')}/{cluster['Id']}/steps/{step['Id']}" if uri else None


def deliver(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    """Upload the logs. A failed upload does not change the step's result, as on AWS."""
    for send in (_to_s3, _to_cloudwatch):
        try:
            send(cluster, step, output, credentials)
        except (AccessDenied, BotoCoreError, ClientError) as error:
            _log.warning("step %s: its logs could not be delivered: %s", step["Id"], error)


def _to_s3(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    if uri := folder(cluster, step):
        files.upload(uri, {name: output.step / name for name in FILES}, credentials)


def _to_cloudwatch(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    wanted = cluster.get("MonitoringConfiguration", {}).get("CloudWatchLogConfiguration", {})
    if not wanted.get("Enabled"):
        return
    if AGENT not in store.applications(cluster):
        _log.warning("cluster %s: no logs in CloudWatch without application AmazonCloudWatchAgent", cluster["Id"])
        return
    if not network.reaches_logs(cluster):
        _log.warning("cluster %s: its private subnet has no endpoint for CloudWatch Logs", cluster["Id"])
        return
    group = wanted.get("LogGroupName") or f"/aws/emr/{cluster['Id']}"
    for action in AGENT_PERMISSIONS:
        named = "" if action == "logs:DescribeLogGroups" else group
        arn = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{named}:log-stream:"
        authorization.require(cluster["instanceRole"], action, arn)
    client, now = role_client("logs", credentials), int(time.time() * 1000)
    for name in (kind.lower() for kind in wanted.get("LogTypes", {}).get(STEP_LOGS, ["STDOUT", "STDERR"])):
        stream = {"logGroupName": group, "logStreamName": f"/steps/{step['Id']}/{name}"}
        client.create_log_stream(**stream)
        lines = [line for line in (output.step / name).read_text(errors="replace").splitlines() if line.strip()]
        for first in range(0, len(lines), EVENTS_PER_CALL):
            events = [{"timestamp": now, "message": line} for line in lines[first : first + EVENTS_PER_CALL]]
            client.put_log_events(**stream, logEvents=events)

"""A step's output: the files that EMR keeps of it, in S3 and CloudWatch Logs, written with the instance's role."""

from __future__ import annotations

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
STEP_FILES = ("controller", "stderr", "stdout", "syslog")
DRIVER_FILES = ("stderr", "stdout")
LOG_TYPES = {"STEP_LOGS": ["STDOUT", "STDERR"], "SPARK_DRIVER": ["STDOUT", "STDERR"]}
"""What goes to CloudWatch Logs without LogTypes. SPARK_EXECUTOR has nothing here: the driver is the executor."""
EVENTS_PER_CALL = 1000
AGENT = "amazoncloudwatchagent"
AGENT_PERMISSIONS = ("logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutRetentionPolicy")
"""What EMR's documentation asks for besides writing; without all of them nothing is sent, which is the strict reading.

It names logs:CreateLogGroup too, which the agent's source uses only when the group does not exist.
"""


class Output:
    """The folders of one step's files; the driver of a client-mode job writes to the step's own."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.step = work / "step-logs"
        self.container = work / "container-logs"
        self.application = ""
        self.step.mkdir()
        for name in STEP_FILES:
            (self.step / name).touch()

    def note(self, text: str) -> None:
        """A line of the controller's log."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        with (self.step / "controller").open("a") as controller:
            controller.write(f"{now} INFO {text}\n")

    def print_error(self, text: str) -> None:
        """A line of the step's stderr."""
        with (self.step / "stderr").open("a") as stderr:
            stderr.write(text + "\n")

    def start_application(self, cluster: store.Record, *, in_cluster: bool) -> Path:
        """The folder for the driver's output, under a new application id of the cluster."""
        with store.lock:
            cluster["sparkApplications"] += 1
            number = cluster["sparkApplications"]
        created = round(cluster["Status"]["Timeline"]["CreationDateTime"] * 1000)
        self.application = f"application_{created}_{number:04d}"
        self.print_error(f"INFO Client: Submitted application {self.application}")
        if not in_cluster:
            return self.step
        self.container.mkdir()
        return self.container

    @property
    def container_id(self) -> str:
        return self.application.replace("application", "container") + "_01_000001"


def folder(cluster: store.Record, step: store.Record) -> str | None:
    """Where the step's logs are, as an s3:// URI; None without LogUri."""
    base = _base(cluster)
    return base and f"{base}/steps/{step['Id']}"


def _base(cluster: store.Record) -> str | None:
    uri = cluster.get("LogUri")
    return f"s3://{uri.split('://', 1)[1].rstrip('/')}/{cluster['Id']}" if uri else None


def deliver(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    """Upload; like AWS, a destination that refuses the logs does not change the step's result."""
    for send in (_to_s3, _to_cloudwatch):
        try:
            send(cluster, step, output, credentials)
        except (AccessDenied, BotoCoreError, ClientError) as error:
            _log.warning("step %s: its logs could not be delivered: %s", step["Id"], error)


def _to_s3(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    base = _base(cluster)
    if base is None:
        return
    sent = {f"steps/{step['Id']}/{name}": output.step / name for name in STEP_FILES}
    if output.container.exists():
        path = f"containers/{output.application}/{output.container_id}"
        sent.update({f"{path}/{name}": output.container / name for name in DRIVER_FILES})
    files.upload(base, sent, credentials)


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
    prefix = wanted.get("LogStreamNamePrefix", "")
    types = wanted.get("LogTypes") or LOG_TYPES
    streams = {"STEP_LOGS": (f"{prefix}/steps/{step['Id']}", output.step)}
    if output.container.exists():
        path = f"{prefix}/applications/{output.application}/{output.container_id}"
        streams["SPARK_DRIVER"] = (path, output.container)
    for kind, (stream, source) in streams.items():
        names = [name.lower() for name in types.get(kind, [])]
        _send(group, stream, names, source, credentials)


def _send(group: str, stream: str, names: list[str], work: Path, credentials: Credentials) -> None:
    """Each file of `names` in `work` as the log stream `stream`/name; ClientError when the role may not."""
    client = role_client("logs", credentials)
    for name in names:
        lines = [line for line in (work / name).read_text(errors="replace").splitlines() if line.strip()]
        client.create_log_stream(logGroupName=group, logStreamName=f"{stream}/{name}")
        now = int(time.time() * 1000)
        for first in range(0, len(lines), EVENTS_PER_CALL):
            events = [{"timestamp": now, "message": line} for line in lines[first : first + EVENTS_PER_CALL]]
            client.put_log_events(logGroupName=group, logStreamName=f"{stream}/{name}", logEvents=events)

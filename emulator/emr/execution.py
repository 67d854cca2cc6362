"""Runs a step: its process with the instance profile's credentials, its logs and its failure details."""

import logging
import shlex
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from ministack.core.responses import get_account_id, get_region

from emulator import authorization, faults, lifecycle
from emulator.authorization import AccessDenied, Credentials, assume_role
from emulator.emr import network, steps, store
from emulator.role_client import role_client
from emulator.spark import files, processes, submit
from emulator.spark.submit import Submission

PROGRAMS = ("true", "false", "echo", "sleep")
RUNNER = "command-runner.jar"
UNSUPPORTED = "Not supported by the local AWS."
IN_MAIN = 'Exception in thread "main"'
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


class StepError(Exception):
    """The step cannot run; Reason and Message of its FailureDetails."""

    def __init__(self, message: str, reason: str = "Unknown Error.") -> None:
        super().__init__(message)
        self.reason = reason


def execute(cluster: store.Record, step: store.Record) -> None:
    """Run a RUNNING step until it is COMPLETED, FAILED or CANCELLED."""
    work = Path(tempfile.mkdtemp(prefix=f"emr-{step['Id']}-"))
    try:
        output = Output(work)
        credentials = assume_role(cluster["instanceRole"], cluster["master"])
        failure = _failure(cluster, step, credentials, output)
        if lifecycle.stopping.is_set():
            return  # the process ended with the emulator; loading the saved state ends the step
        _deliver(cluster, step, output, credentials)
        _finish(cluster, step, failure)
    except Exception as broken:
        _finish(cluster, step, {"Reason": "Unknown Error.", "Message": f"The emulator failed to run it: {broken!r}"})
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _finish(cluster: store.Record, step: store.Record, failure: dict[str, Any] | None) -> None:
    if store.state(step) == "CANCEL_PENDING":
        steps.move(cluster, step, "CANCELLED")
    else:
        steps.move(cluster, step, "FAILED" if failure else "COMPLETED", failure)


def _failure(
    cluster: store.Record, step: store.Record, credentials: Credentials, output: Output
) -> dict[str, Any] | None:
    """FailureDetails, or None when the step has succeeded."""
    logs = _folder(cluster, step)
    log = {"LogFile": f"{logs}/stderr.gz"} if logs else {}
    output.note(f"startExec 'hadoop jar {step['Config']['Jar']} {shlex.join(step['Config']['Args'])}'")
    try:
        code = _run(cluster, step, credentials, output)
    except StepError as error:
        output.note(f"Step failed: {error}")
        output.print_error(str(error))
        return {"Reason": error.reason, "Message": str(error), **log}
    output.note(f"waitProcessCompletion ended with exit code {code}")
    if code == 0:
        return None
    last = files.exceptions(output.step / "stderr") or files.exceptions(output.step / "stdout")
    return {"Reason": "Unknown Error.", "Message": last[-1] if last else f"Step exited with code {code}", **log}


def _run(cluster: store.Record, step: store.Record, credentials: Credentials, output: Output) -> int:
    """The exit code of the step's process. StepError when the step cannot run."""
    jar, words = step["Config"]["Jar"], step["Config"]["Args"]
    program = words[0] if words else ""
    if jar.rsplit("/", 1)[-1] != RUNNER or program not in ("spark-submit", *PROGRAMS):
        supported = f"spark-submit (and {', '.join(PROGRAMS)}) by {RUNNER}"
        raise StepError(f"The local AWS runs {supported}, not {' '.join([jar, *words])!r}.", UNSUPPORTED)
    try:
        submission = _submission(cluster, words[1:], credentials, output) if program == "spark-submit" else None
        with (output.step / "stdout").open("ab") as out, (output.step / "stderr").open("ab") as err:
            if submission:
                stand_in = faults.stand_in(store.tags(cluster))
                process = submit.start(submission, credentials, output.work, out, err, stand_in)
            else:
                process = lifecycle.start_child(words, cwd=output.work, stdout=out, stderr=err)
            return processes.wait(step["Id"], process, lambda: store.state(step) == "CANCEL_PENDING")
    except submit.SubmitError as error:
        raise StepError(f"{IN_MAIN} org.apache.spark.SparkException: {error}") from None
    except files.DownloadError as error:
        java = "java.io.FileNotFoundException: No such file or directory" if error.missing else "java.io.IOException"
        raise StepError(f"{IN_MAIN} {java}: {error}") from None


def _submission(cluster: store.Record, words: list[str], credentials: Credentials, output: Output) -> Submission:
    """The submission with downloaded files."""
    if "spark" not in store.applications(cluster):
        raise StepError('Cannot run program "spark-submit" (in directory "."): error=2, No such file or directory')
    submission = submit.parse(words)
    if (mode := submission.conf.get(submit.DEPLOY_MODE, "client")) != "client":
        raise StepError(f"The local AWS does not support the deploy mode {mode}: use client.", UNSUPPORTED)
    return submission.localized(lambda uri: files.download(uri, credentials, output.work))


def _folder(cluster: store.Record, step: store.Record) -> str | None:
    """The s3:// URI of the step's logs; None without LogUri."""
    uri = cluster.get("LogUri")
    return f"s3://{uri.split('://', 1)[1].rstrip('/')}/{cluster['Id']}/steps/{step['Id']}" if uri else None


def _deliver(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    """Upload the logs. A failed upload does not change the step's result, as on AWS."""
    for send in (_to_s3, _to_cloudwatch):
        try:
            send(cluster, step, output, credentials)
        except (AccessDenied, BotoCoreError, ClientError) as error:
            _log.warning("step %s: its logs could not be delivered: %s", step["Id"], error)


def _to_s3(cluster: store.Record, step: store.Record, output: Output, credentials: Credentials) -> None:
    if uri := _folder(cluster, step):
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

"""One step from RUNNING to its end: a process with the instance profile's credentials, its logs, why it failed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from emulator import lifecycle
from emulator.authorization import Credentials, assume_role
from emulator.emr import commands, step_logs, steps, store
from emulator.emr.commands import Command, StepError
from emulator.emr_serverless import logs, spark_submit
from emulator.role_client import DownloadError, download


def execute(cluster: store.Record, step: store.Record) -> None:
    """Take a RUNNING step to COMPLETED, FAILED or CANCELLED."""
    work = Path(tempfile.mkdtemp(prefix=f"emr-{step['Id']}-"))
    try:
        output = step_logs.Output(work)
        credentials = assume_role(cluster["instanceRole"], _master(cluster))
        failure = _failure(cluster, step, credentials, output)
        if steps.stopping.is_set():
            return  # the process was ended with the emulator: what the saved state says of it is right
        step_logs.deliver(cluster, step, output, credentials)
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


def _master(cluster: store.Record) -> str:
    return next(str(one["Ec2InstanceId"]) for one in cluster["instances"] if one["kind"] == "MASTER")


def _failure(
    cluster: store.Record, step: store.Record, credentials: Credentials, output: step_logs.Output
) -> dict[str, Any] | None:
    """FailureDetails, or None when the step's command ended well."""
    output.note(f"startExec 'hadoop jar {step['Config']['Jar']} {shlex.join(step['Config']['Args'])}'")
    try:
        command = commands.parse(cluster, step)
        code = _run(cluster, step, command, credentials, output)
    except StepError as error:
        output.note(f"Step failed: {error}")
        output.complain(str(error))
        return _details(cluster, step, error.reason, str(error), "stderr")
    output.note(f"waitProcessCompletion ended with exit code {code}")
    if code == 0:
        return None
    if command.in_cluster and output.application:
        output.complain(
            f'Exception in thread "main" org.apache.spark.SparkException: Application {output.application} finished '
            "with failed status"
        )
    last = logs.exceptions(output.step / "stderr") or logs.exceptions(output.step / "stdout")
    return _details(cluster, step, "Unknown Error.", last[-1] if last else f"Step exited with code {code}", "stderr")


def _details(cluster: store.Record, step: store.Record, reason: str, message: str, log: str) -> dict[str, Any]:
    folder = step_logs.folder(cluster, step)
    return {"Reason": reason, "Message": message, **({"LogFile": f"{folder}/{log}.gz"} if folder else {})}


def _run(
    cluster: store.Record, step: store.Record, command: Command, credentials: Credentials, output: step_logs.Output
) -> int:
    """The exit code of the command's process."""
    if not command.is_spark:
        with (output.step / "stdout").open("ab") as out, (output.step / "stderr").open("ab") as err:
            return _wait(step, lifecycle.start_child(command.words, cwd=output.work, stdout=out, stderr=err))
    entry = _fetched(command.entry_point, credentials, output.work)
    try:
        options = spark_submit.localized(command.options, lambda uri: _fetched(uri, credentials, output.work))
        driver = output.start_application(cluster, in_cluster=command.in_cluster)
        with (driver / "stdout").open("ab") as out, (driver / "stderr").open("ab") as err:
            process = spark_submit.start(
                options, command.conf, entry, command.arguments, credentials, output.work, out, err
            )
            return _wait(step, process)
    except spark_submit.SubmitError as error:
        raise StepError(str(error)) from None


def _wait(step: store.Record, process: subprocess.Popen[Any]) -> int:
    steps.cancellable(step, lambda grace: spark_submit.kill(process, grace))
    try:
        return process.wait()
    finally:
        steps.cancellable(step, None)


def _fetched(uri: str, credentials: Credentials, work: Path) -> Path:
    try:
        return download(uri, credentials, work)
    except DownloadError as error:
        java = "java.io.FileNotFoundException: No such file or directory" if error.missing else "java.io.IOException"
        raise StepError(f'Exception in thread "main" {java}: {error}') from None

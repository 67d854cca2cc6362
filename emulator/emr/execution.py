"""Runs a step: its process with the instance profile's credentials, its logs and its failure details."""

import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any

from emulator import faults, lifecycle
from emulator.authorization import Credentials, assume_role
from emulator.emr import step_logs, steps, store
from emulator.spark import files, processes, submit
from emulator.spark.submit import Submission

PROGRAMS = ("true", "false", "echo", "sleep")
RUNNER = "command-runner.jar"
UNSUPPORTED = "Not supported by the local AWS."
IN_MAIN = 'Exception in thread "main"'


class StepError(Exception):
    """The step cannot run; Reason and Message of its FailureDetails."""

    def __init__(self, message: str, reason: str = "Unknown Error.") -> None:
        super().__init__(message)
        self.reason = reason


def execute(cluster: store.Record, step: store.Record) -> None:
    """Run a RUNNING step until it is COMPLETED, FAILED or CANCELLED."""
    work = Path(tempfile.mkdtemp(prefix=f"emr-{step['Id']}-"))
    try:
        output = step_logs.Output(work)
        credentials = assume_role(cluster["instanceRole"], cluster["master"])
        failure = _failure(cluster, step, credentials, output)
        if lifecycle.stopping.is_set():
            return  # the process ended with the emulator; loading the saved state ends the step
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


def _failure(
    cluster: store.Record, step: store.Record, credentials: Credentials, output: step_logs.Output
) -> dict[str, Any] | None:
    """FailureDetails, or None when the step has succeeded."""
    folder = step_logs.folder(cluster, step)
    log = {"LogFile": f"{folder}/stderr.gz"} if folder else {}
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


def _run(cluster: store.Record, step: store.Record, credentials: Credentials, output: step_logs.Output) -> int:
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


def _submission(
    cluster: store.Record, words: list[str], credentials: Credentials, output: step_logs.Output
) -> Submission:
    """The submission with downloaded files."""
    if "spark" not in store.applications(cluster):
        raise StepError('Cannot run program "spark-submit" (in directory "."): error=2, No such file or directory')
    submission = submit.parse(words)
    if (mode := submission.conf.get(submit.DEPLOY_MODE, "client")) != "client":
        raise StepError(f"The local AWS does not support the deploy mode {mode}: use client.", UNSUPPORTED)
    return submission.localized(lambda uri: files.download(uri, credentials, output.work))

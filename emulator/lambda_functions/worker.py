"""An execution environment of a Node function: its process, files and log."""

import contextlib
import io
import json
import os
import select
import shutil
import signal
import tempfile
import time
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from uuid import uuid4

from ministack.core import lambda_runtime

from emulator import faults, lifecycle
from emulator.lambda_functions import logs
from emulator.models import Json
from emulator.role_client import endpoint

WORKER_SCRIPT = Path(__file__).with_name("worker.mjs")
START_SECONDS = 10.0
"""AWS's time limit of the initialization."""


class NodeWorker:
    """A worker of MiniStack's pool, which uses `in_use`, `last_used` and `_proc`."""

    def __init__(self, func_name: str, config: Json, code_zip: bytes) -> None:
        self.func_name = func_name
        self.config = config
        self.in_use = False
        self.last_used = time.time()
        self._code_zip = code_zip
        self._proc: Popen[bytes] | None = None
        self._directory: Path | None = None
        now = datetime.now(timezone.utc)
        self.log_stream = f"{now:%Y/%m/%d}/[{config.get('Version', '$LATEST')}]{uuid4().hex}"
        # Node writes to a file synchronously, so the log is complete when the response arrives.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the worker)
        self._log_read = 0
        self._answers = -1
        self._pending = b""

    def invoke(self, event: Any, request_id: str, trace_id: str | None) -> tuple[Json, list[str]]:
        """`{"result": …}` or `{"error": {errorType, errorMessage, …}}`, and the new log lines."""
        answer: Json = {}
        if self._proc is None or self._proc.poll() is not None:
            self._start()
            answer = self._answer(START_SECONDS, request_id, "Initialization")
        if "error" not in answer:
            answer = self._run(event, request_id, trace_id)
        lines = self._new_lines()
        if answer.pop("fatal", False):
            self.kill()
        return answer, lines

    def _run(self, event: Any, request_id: str, trace_id: str | None) -> Json:
        timeout = self.config.get("Timeout", 3)
        invocation = {
            "event": event,
            "requestId": request_id,
            "traceId": trace_id,
            "timeoutMs": timeout * 1000,
            "functionArn": self.config["FunctionArn"],
        }
        assert self._proc is not None and self._proc.stdin is not None
        if faults.crashes(event):
            self._proc.kill()
            self._proc.wait()
        try:
            self._proc.stdin.write(json.dumps(invocation).encode() + b"\n")
            self._proc.stdin.flush()
        except BrokenPipeError:
            return self._exited(request_id)
        return self._answer(timeout, request_id, "Task")

    def _answer(self, seconds: float, request_id: str, what: str) -> Json:
        """The next response, or an error after a time-out or the end of the process."""
        deadline = time.monotonic() + seconds
        ready = select.poll()  # select.select supports only descriptors below 1024
        ready.register(self._answers, select.POLLIN)
        while b"\n" not in self._pending:
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                message = f"{what} timed out after {seconds:.2f} seconds"
                return _fatal("Sandbox.Timedout", request_id, message)
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                return self._exited(request_id)
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        answer: Json = json.loads(line)
        return answer

    def _exited(self, request_id: str) -> Json:
        status = self._proc.wait() if self._proc else 0
        error = "signal: killed" if status == -signal.SIGKILL else f"exit status {status}"
        how = f"with error: {error}" if status else "without providing a reason"
        return _fatal("Runtime.ExitError", request_id, f"Runtime exited {how}")

    def _new_lines(self) -> list[str]:
        """The log lines since the last call."""
        text = os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size - self._log_read, self._log_read)
        self._log_read += len(text)
        return [line for line in text.decode(errors="replace").split("\n") if line]

    def _start(self) -> None:
        self.kill()
        self._directory = Path(tempfile.mkdtemp(prefix="lambda-"))
        with zipfile.ZipFile(io.BytesIO(self._code_zip)) as package:
            package.extractall(self._directory)
        self._answers, theirs = os.pipe()
        try:
            self._proc = lifecycle.start_child(
                ["node", str(WORKER_SCRIPT), str(theirs)],
                cwd=self._directory,
                env=self._environment(self._directory),
                stdin=PIPE,
                stdout=self._log,
                stderr=self._log,
                pass_fds=(theirs,),
            )
        finally:
            os.close(theirs)

    def _environment(self, directory: Path) -> dict[str, str]:
        """AWS's variables, AWS_ENDPOINT_URL and the server's PATH."""
        config = self.config
        _, region = lambda_runtime._account_region_from_function_config(config)
        return {
            **config.get("Environment", {}).get("Variables", {}),
            **lambda_runtime.execution_credentials(config),
            "_HANDLER": config["Handler"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
            "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_GROUP_NAME": logs.group_of(config),
            "AWS_LAMBDA_LOG_STREAM_NAME": self.log_stream,
            "AWS_ENDPOINT_URL": endpoint(),
            "LAMBDA_TASK_ROOT": str(directory),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PATH": os.environ.get("PATH", os.defpath),
        }

    def kill(self) -> None:
        """End the process and remove its files; the next invocation starts a new process."""
        process, self._proc = self._proc, None
        if process is not None:
            lifecycle.stop_child(process)
            process.wait()
            if process.stdin is not None:
                with contextlib.suppress(BrokenPipeError):  # it ended before reading its event
                    process.stdin.close()
        self._discard_tmpdir()

    def _discard_tmpdir(self) -> None:
        """Release the files of the process; the pool calls it after it has ended `_proc`."""
        if self._answers >= 0:
            os.close(self._answers)
        self._answers, self._pending = -1, b""
        directory, self._directory = self._directory, None
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)


def _fatal(kind: str, request_id: str, what: str) -> Json:
    """An error that ends the process."""
    return {"error": {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {what}"}, "fatal": True}

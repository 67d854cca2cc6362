"""One execution environment of a Node function: its process, its files and its log."""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import tempfile
import threading
import time
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any
from uuid import uuid4

from ministack.core import lambda_runtime

from emulator import lifecycle
from emulator.lambda_functions import logs
from emulator.role_client import endpoint

WORKER_SCRIPT = Path(__file__).with_name("worker.mjs")
END_OF_LOG = "\x01END"
START_SECONDS = 10.0
"""AWS gives the initialization ten seconds."""
LOG_SECONDS = 10.0
"""The mark of the log's end is on its way when the answer is here."""

Json = dict[str, Any]


class NodeWorker:
    """What MiniStack's pool leases, reuses and kills (`in_use`, `last_used`, `_proc` are the pool's)."""

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
        self._log: list[str] = []
        self._log_ended = threading.Event()
        self._answers = -1
        self._pending = b""

    def invoke(self, event: Any, request_id: str, trace_id: str | None) -> tuple[Json, list[str]]:
        """`{"result": …}` or `{"error": {errorType, errorMessage, …}}`, and the log lines."""
        self._log, self._log_ended = [], threading.Event()
        if self._proc is None or self._proc.poll() is not None:
            self._start()
            started = self._answer(START_SECONDS, request_id, "Initialization")
            if "error" in started:
                self.kill()
                return started, self._log
            self._log_ended = threading.Event()
        timeout = self.config.get("Timeout", 3)
        invocation = {
            "event": event,
            "requestId": request_id,
            "traceId": trace_id,
            "timeoutMs": timeout * 1000,
            "functionArn": self.config["FunctionArn"],
        }
        assert self._proc is not None and self._proc.stdin is not None
        try:
            self._proc.stdin.write(json.dumps(invocation).encode() + b"\n")
            self._proc.stdin.flush()
        except BrokenPipeError:
            return self._exited(request_id), self._log
        answer = self._answer(timeout, request_id, "Task")
        if answer.get("fatal"):
            self.kill()
        return answer, self._log

    def _answer(self, seconds: float, request_id: str, what: str) -> Json:
        """The next line of answers; an error when it does not come in time or the process ends."""
        deadline = time.monotonic() + seconds
        ready = select.poll()  # select.select refuses descriptors from 1024 on
        ready.register(self._answers, select.POLLIN)
        while b"\n" not in self._pending:
            if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
                self.kill()
                message = f"RequestId: {request_id} Error: {what} timed out after {seconds:.2f} seconds"
                return {"error": {"errorType": "Sandbox.Timedout", "errorMessage": message}}
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                return self._exited(request_id)
            self._pending += chunk
        line, _, self._pending = self._pending.partition(b"\n")
        self._log_ended.wait(LOG_SECONDS)
        answer: Json = json.loads(line)
        return answer

    def _exited(self, request_id: str) -> Json:
        status = self._proc.wait() if self._proc else 0
        self.kill()
        how = f"with error: exit status {status}" if status else "without providing a reason"
        message = f"RequestId: {request_id} Error: Runtime exited {how}"
        return {"error": {"errorType": "Runtime.ExitError", "errorMessage": message}}

    def _start(self) -> None:
        self.kill()
        self._directory = Path(tempfile.mkdtemp(prefix="lambda-"))
        with zipfile.ZipFile(io.BytesIO(self._code_zip)) as package:
            package.extractall(self._directory)
        self._answers, theirs = os.pipe()
        log, log_theirs = os.pipe()
        try:
            self._proc = lifecycle.start_child(
                ["node", str(WORKER_SCRIPT), str(theirs)],
                cwd=self._directory,
                env=self._environment(self._directory),
                stdin=PIPE,
                stdout=log_theirs,
                stderr=log_theirs,
                pass_fds=(theirs,),
            )
        finally:
            os.close(theirs)
            os.close(log_theirs)
        threading.Thread(target=self._read_log, args=(log,), daemon=True).start()

    def _read_log(self, log: int) -> None:
        with os.fdopen(log, encoding="utf-8", errors="replace", newline="\n") as lines:
            for line in lines:
                if line.rstrip("\n").endswith(END_OF_LOG):
                    line = line.rstrip("\n").removesuffix(END_OF_LOG)
                    if line:
                        self._log.append(line)
                    self._log_ended.set()
                else:
                    self._log.append(line.rstrip("\n"))
        self._log_ended.set()

    def _environment(self, directory: Path) -> dict[str, str]:
        """What AWS sets, and AWS_ENDPOINT_URL; nothing of the server's own environment but PATH."""
        config = self.config
        _, region = lambda_runtime._account_region_from_function_config(config)
        name = config["FunctionName"]
        return {
            **config.get("Environment", {}).get("Variables", {}),
            **lambda_runtime.execution_credentials(config),
            "_HANDLER": config["Handler"],
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
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
        """End the process and remove its files; the next invocation starts afresh."""
        process, self._proc = self._proc, None
        if process is not None:
            lifecycle.stop_child(process)
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
        self._discard_tmpdir()

    def _discard_tmpdir(self) -> None:
        """Remove what the process had open; the pool calls it after it ended `_proc` itself."""
        if self._answers >= 0:
            os.close(self._answers)
        self._answers, self._pending = -1, b""
        directory, self._directory = self._directory, None
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)

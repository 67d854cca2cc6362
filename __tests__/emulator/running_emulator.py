"""Starts the emulator as a separate process."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from waiting import TIMEOUT_SECONDS, eventually

REPOSITORY = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
DELAY_SECONDS = float(os.environ.get("TEST_DELAY_SECONDS", "0"))
"""The maximum of a random delay before each request, which finds tests that need a fast machine."""


@dataclass
class RunningEmulator:
    """A process `python -m emulator` and its endpoint."""

    process: subprocess.Popen[bytes]
    state_dir: Path
    endpoint: str
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, credentials: dict[str, str] | None = None, **config: Any) -> Any:
        """A boto3 client of `service` with the "Credentials" of sts.assume_role, or else root's."""
        given = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        # Creating a client takes 0.1 s.
        kept = (service, given["AccessKeyId"], repr(sorted(config.items())))
        if kept in self._clients:
            return self._clients[kept]
        self._clients[kept] = boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, **config),
        )
        if DELAY_SECONDS:
            self._clients[kept].meta.events.register("before-send", _delay)
        return self._clients[kept]

    def __enter__(self) -> "RunningEmulator":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=TIMEOUT_SECONDS)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(timeout=TIMEOUT_SECONDS)

    def wait_for_save(self) -> None:
        """Wait for two saves, as the first one may have started before this call."""
        for _ in range(2):
            last = self._saved_at()
            eventually(lambda last=last: self._saved_at() != last, "a save of the state")  # type: ignore[misc]

    def _saved_at(self) -> int:
        marker = self.state_dir / "services" / "saved"
        return marker.stat().st_mtime_ns if marker.exists() else 0

    def log(self) -> str:
        return (self.state_dir / "emulator.log").read_text()


def _delay(**_: Any) -> None:
    time.sleep(random.uniform(0, DELAY_SECONDS))


def start_emulator(
    state_dir: Path, *arguments: str, clock_factor: float = 100, environment: dict[str, str] | None = None
) -> RunningEmulator:
    """Start an emulator and wait until it is ready."""
    command = [sys.executable, "-m", "emulator", "--state-dir", str(state_dir), "--clock-factor", str(clock_factor)]
    command += arguments
    own = {"EMULATOR_SAVE_SECONDS": "0.5", **(environment or {})}
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "emulator.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **own}, stdout=log, stderr=log)
    announced = state_dir / "instance.json"

    def endpoint() -> str | None:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator exited with {process.returncode}: see {state_dir / 'emulator.log'}")
        instance = json.loads(announced.read_text()) if announced.exists() else {}
        return instance["endpoint"] if instance.get("pid") == process.pid else None

    try:
        return RunningEmulator(process, state_dir, str(eventually(endpoint, "the start of the emulator")))
    except AssertionError:
        process.kill()
        raise

"""Start and stop of the emulator: one instance per state directory, which ends with its parent."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from running_emulator import REPOSITORY, RunningEmulator, start_emulator
from waiting import TIMEOUT_SECONDS, eventually


def run_emulator(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "emulator", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)


def test_the_emulator_writes_its_endpoint(emulator: RunningEmulator) -> None:
    instance = json.loads((emulator.state_dir / "instance.json").read_text())
    assert instance["pid"] == emulator.process.pid
    assert instance["endpoint"] == f"http://127.0.0.1:{instance['port']}"
    assert instance["startedAt"].endswith("Z")


def test_the_emulator_listens_on_loopback_only(emulator: RunningEmulator) -> None:
    port_hex = f"{int(emulator.endpoint.rsplit(':', 1)[1]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{port_hex}")}
    assert listening == {f"0100007F:{port_hex}"}


def test_a_state_directory_in_use_is_rejected_with_the_pid_of_its_process(emulator: RunningEmulator) -> None:
    second = run_emulator("--state-dir", str(emulator.state_dir))
    assert second.returncode != 0
    assert f"PID {emulator.process.pid}" in second.stderr
    assert emulator.endpoint in second.stderr


def test_a_port_in_use_is_rejected(emulator: RunningEmulator, tmp_path: Path) -> None:
    port = emulator.endpoint.rsplit(":", 1)[1]
    second = run_emulator("--state-dir", str(tmp_path), "--port", port)
    assert second.returncode != 0
    assert f"Port {port}" in second.stderr


def test_each_request_is_delayed_by_the_latency(tmp_path: Path) -> None:
    with start_emulator(tmp_path, "--latency", "300") as running:
        started = time.monotonic()
        assert running.client("s3").list_buckets()["Buckets"] == []
        assert time.monotonic() - started >= 0.3


def test_a_connection_closed_by_its_client_is_released(emulator: RunningEmulator) -> None:
    descriptors = Path(f"/proc/{emulator.process.pid}/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(50):
        with urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health") as answer:
            answer.read()
    eventually(lambda: len(list(descriptors.iterdir())) < before + 25, "the end of the connections")


def test_the_emulator_ends_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    running = start_emulator(tmp_path, "--parent", str(parent.pid))
    parent.kill()
    parent.wait()
    assert running.process.wait(timeout=TIMEOUT_SECONDS) == 0
    assert not (tmp_path / "instance.json").exists()


def test_the_emulator_ends_when_its_parent_ends_before_it_is_ready(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert run_emulator("--state-dir", str(tmp_path), "--parent", str(gone.pid)).returncode == 0
    assert not (tmp_path / "instance.json").exists()


def test_the_emulator_ignores_the_aws_environment_of_its_caller(tmp_path: Path) -> None:
    with start_emulator(tmp_path, environment={"AWS_SECRET_ACCESS_KEY": "of-the-shell", "AUTH": "false"}) as running:
        identity = running.client("sts").get_caller_identity()
        assert identity["Account"] == "000000000000"
        assert "of-the-shell" not in running.log()

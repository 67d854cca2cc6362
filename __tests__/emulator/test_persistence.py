"""What was made survives an orderly stop and a kill -9; what was running ends, and says why."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from machines import Machines, create_function, jsonata
from ministack.core import persistence as ministack_persistence
from running_emulator import RunningEmulator, start_emulator
from waiting import eventually

from emulator import persistence

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        for service in ("states.amazonaws.com", "lambda.amazonaws.com")
    ],
}


class Estate:
    """One of everything, made in one emulator and looked for in the next."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.running: RunningEmulator = start_emulator(state_dir)

    def restart(self) -> None:
        self.running = start_emulator(self.state_dir)

    def make(self) -> None:
        client = self.running.client
        role = client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        client("iam").put_role_policy(RoleName="role", PolicyName="all", PolicyDocument=policy)
        client("s3").create_bucket(Bucket="bucket")
        client("s3").put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        client("s3").put_object(Bucket="bucket", Key="k", Body=b"kept")
        client("logs").create_log_group(logGroupName="/group")
        create_function(client("lambda"), "function", role, "export const handler = async () => 'kept'")
        self.machines(role).create(jsonata(S={"Type": "Succeed"}))

    def machines(self, role: str = "") -> Machines:
        return Machines(self.running.client("stepfunctions"), lambda prefix: prefix, role)

    def check(self) -> None:
        client = self.running.client
        assert client("iam").get_role_policy(RoleName="role", PolicyName="all")["PolicyName"] == "all"
        assert client("s3").get_object(Bucket="bucket", Key="k")["Body"].read() == b"kept"
        assert client("s3").get_bucket_versioning(Bucket="bucket")["Status"] == "Enabled"
        assert client("logs").describe_log_groups()["logGroups"][0]["logGroupName"] == "/group"
        assert client("lambda").invoke(FunctionName="function")["Payload"].read() == b'"kept"'
        assert len(client("stepfunctions").list_state_machines()["stateMachines"]) == 1


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    made = Estate(tmp_path)
    yield made
    if made.running.process.poll() is None:
        made.running.stop()


def test_survives_an_orderly_stop(estate: Estate) -> None:
    estate.make()
    estate.running.stop()
    assert estate.running.process.returncode == 0
    assert not (estate.state_dir / "instance.json").exists()
    estate.restart()
    estate.check()


def test_nothing_is_saved_before_what_was_kept_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ministack_persistence, "STATE_DIR", str(tmp_path))
    monkeypatch.setattr(persistence, "_loaded", threading.Event())
    monkeypatch.setattr(persistence, "_participants", {"kept": (lambda: {"left": "something"}, lambda _: None)})
    persistence.save()
    assert list(tmp_path.iterdir()) == []
    persistence._loaded.set()
    persistence.save()
    assert "something" in (tmp_path / "kept.json").read_text()


def test_survives_a_kill(estate: Estate) -> None:
    estate.make()
    estate.running.wait_for_save()
    estate.running.kill()
    estate.restart()
    estate.check()


def test_a_running_execution_fails_and_says_why(estate: Estate) -> None:
    estate.make()
    machines = estate.machines("arn:aws:iam::000000000000:role/role")
    execution = machines.client.start_execution(
        stateMachineArn=machines.client.create_state_machine(
            name="long",
            roleArn=machines.role,
            definition=json.dumps(jsonata(Long={"Type": "Wait", "Seconds": 999_999, "End": True})),
        )["stateMachineArn"]
    )["executionArn"]
    estate.running.wait_for_save()
    estate.running.kill()
    estate.restart()
    ended = estate.machines().end(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "Emulator.Restarted")
    assert "stopped while the execution ran" in ended["cause"]
    assert estate.machines().kinds(execution)[-1] == "ExecutionFailed"


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_no_lambda_worker_outlives_the_emulator(estate: Estate, how: str) -> None:
    estate.make()
    client: Any = estate.running.client("lambda")
    client.update_function_code(FunctionName="function", ZipFile=_reports_its_pid())
    client.get_waiter("function_updated_v2").wait(FunctionName="function", WaiterConfig={"Delay": 0.05})
    pid = int(client.invoke(FunctionName="function")["Payload"].read())
    assert _runs(pid)
    getattr(estate.running, how)()
    eventually(lambda: not _runs(pid), f"the end of process {pid}")


def _reports_its_pid() -> bytes:
    from machines import zipped

    return zipped(index__mjs="export const handler = async () => process.pid")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False

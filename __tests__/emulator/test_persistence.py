"""Saved state after a stop or a kill -9; interrupted executions fail."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from account import allow, put_policy, trusting
from machines import Machines, create_function, jsonata
from ministack.core import persistence as ministack_persistence
from running_emulator import RunningEmulator, start_emulator
from waiting import eventually

from emulator import persistence

TRUST = {
    "Version": "2012-10-17",
    "Statement": [trusting({"Service": service}) for service in ("states.amazonaws.com", "lambda.amazonaws.com")],
}


class Estate:
    """Resources that are created in one emulator and checked in the next."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.running: RunningEmulator = start_emulator(state_dir)

    def restart(self) -> None:
        self.running = start_emulator(self.state_dir)

    def make(self) -> None:
        client = self.running.client
        role = client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        put_policy(client, role, "all", allow("*"))
        client("s3").create_bucket(Bucket="bucket")
        client("s3").put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        client("s3").put_object(Bucket="bucket", Key="k", Body=b"kept")
        client("logs").create_log_group(logGroupName="/group")
        create_function(client("lambda"), "function", role, "export const handler = async () => process.pid")
        self.machines(role).create(jsonata(S={"Type": "Succeed"}))

    def machines(self, role: str = "") -> Machines:
        return Machines(self.running.client("stepfunctions"), role)

    def check(self) -> None:
        client = self.running.client
        assert client("iam").get_role_policy(RoleName="role", PolicyName="all")["PolicyName"] == "all"
        assert client("s3").get_object(Bucket="bucket", Key="k")["Body"].read() == b"kept"
        assert client("s3").get_bucket_versioning(Bucket="bucket")["Status"] == "Enabled"
        assert client("logs").describe_log_groups(logGroupNamePrefix="/group")["logGroups"]
        assert int(client("lambda").invoke(FunctionName="function")["Payload"].read()) > 0
        assert len(client("stepfunctions").list_state_machines()["stateMachines"]) == 1


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    made = Estate(tmp_path)
    yield made
    if made.running.process.poll() is None:
        made.running.stop()


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_resources_are_kept_and_workers_of_functions_end(estate: Estate, how: str) -> None:
    estate.make()
    pid = int(estate.running.client("lambda").invoke(FunctionName="function")["Payload"].read())
    assert _runs(pid)
    if how == "kill":
        estate.running.wait_for_save()
    getattr(estate.running, how)()
    assert how == "kill" or estate.running.process.returncode == 0
    assert (estate.state_dir / "instance.json").exists() == (how == "kill")
    eventually(lambda: not _runs(pid), f"the end of process {pid}")
    estate.restart()
    estate.check()


def test_nothing_is_saved_before_the_saved_state_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ministack_persistence, "STATE_DIR", str(tmp_path))
    monkeypatch.setattr(persistence, "_loaded", threading.Event())
    monkeypatch.setattr(persistence, "_participants", {"kept": (lambda: {"left": "something"}, lambda _: None)})
    persistence.save()
    assert list(tmp_path.iterdir()) == []
    persistence._loaded.set()
    persistence.save()
    assert "something" in (tmp_path / "kept.json").read_text()


def test_an_interrupted_execution_fails_with_the_reason(estate: Estate) -> None:
    estate.make()
    machines = estate.machines("arn:aws:iam::000000000000:role/role")
    machine = create_machine(machines, "long", jsonata(Long={"Type": "Wait", "Seconds": 999_999, "End": True}))
    execution = machines.client.start_execution(stateMachineArn=machine)["executionArn"]
    estate.running.wait_for_save()
    estate.running.kill()
    estate.restart()
    ended = estate.machines().end(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "Emulator.Restarted")
    assert "stopped while the execution ran" in ended["cause"]
    assert estate.machines().kinds(execution)[-1] == "ExecutionFailed"


def test_a_save_appends_the_changes_of_executions(estate: Estate) -> None:
    estate.make()
    machines = estate.machines("arn:aws:iam::000000000000:role/role")
    kept = estate.state_dir / "services" / "executions.jsonl"
    long = {"Type": "Wait", "Seconds": 999_999, "Next": "End"}
    machine = create_machine(machines, "steps", jsonata(Go={"Type": "Pass", "Next": "Long"}, Long=long, End=END))
    running = machines.client.start_execution(stateMachineArn=machine)["executionArn"]
    short = create_machine(machines, "short", jsonata(End=END))
    for _ in range(40):
        machines.end(machines.client.start_execution(stateMachineArn=short)["executionArn"])
    estate.running.wait_for_save()
    before = kept.read_text()
    assert len(before.splitlines()) >= 41
    inode = kept.stat().st_ino
    last = machines.client.start_execution(stateMachineArn=short)["executionArn"]
    machines.end(last)
    machines.client.stop_execution(executionArn=running)
    estate.running.wait_for_save()
    after = kept.read_text()
    assert kept.stat().st_ino == inode
    assert after.startswith(before)
    added = [json.loads(line) for line in after[len(before) :].splitlines()]
    assert {line["key"][2] for line in added} == {last, running}
    assert [[event["type"] for event in line["events"]] for line in added if line["key"][2] == running] == [
        ["ExecutionAborted"]
    ]
    assert "executionStarted" not in (estate.state_dir / "services" / "stepfunctions.json").read_text()
    history = machines.history(running)
    estate.running.kill()
    estate.restart()
    assert estate.machines().history(running) == history
    assert len(estate.machines().client.list_executions(stateMachineArn=short)["executions"]) == 41


def test_an_incomplete_line_is_ignored(tmp_path: Path) -> None:
    found: list[dict[str, Any]] = []
    (tmp_path / "kept.jsonl").write_text('{"a": 1}\n{"b": 2}\n{"c": ')
    persistence._ChangeFile("kept", lambda everything: [], found.extend).load(tmp_path)
    assert found == [{"a": 1}, {"b": 2}]


def test_a_file_of_changes_is_rewritten_when_most_lines_are_outdated(tmp_path: Path) -> None:
    asked: list[bool] = []

    def changes(everything: bool) -> list[dict[str, Any]]:
        asked.append(everything)
        return [{"all": True}] if everything else [{"new": True}] * 600

    file = persistence._ChangeFile("kept", changes, lambda _: None)
    lengths = []
    for _ in range(4):
        file.save(tmp_path)
        lengths.append(len((tmp_path / "kept.jsonl").read_text().splitlines()))
    assert (asked, lengths) == ([True, False, False, True], [1, 601, 1201, 1])


def test_the_save_after_a_failed_one_is_complete(tmp_path: Path) -> None:
    file = persistence._ChangeFile("kept", lambda everything: [{"everything": everything}], lambda _: None)
    file.save(tmp_path)
    (tmp_path / "kept.jsonl").unlink()
    (tmp_path / "kept.jsonl").mkdir()
    with pytest.raises(OSError, match="directory"):
        file.save(tmp_path)
    (tmp_path / "kept.jsonl").rmdir()
    file.save(tmp_path)
    assert (tmp_path / "kept.jsonl").read_text() == '{"everything": true}\n'


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc of Linux")
def test_ended_executions_have_no_threads(estate: Estate) -> None:
    estate.make()
    machines = estate.machines("arn:aws:iam::000000000000:role/role")
    item = {"StartAt": "End", "States": {"End": END}}
    fan = {"Type": "Map", "Items": "{% [1..100] %}", "ItemProcessor": item, "End": True}
    status = Path(f"/proc/{estate.running.process.pid}/status")

    def threads() -> int:
        return int(status.read_text().partition("Threads:")[2].split()[0])

    counted = []
    for number in range(30):
        machine = create_machine(machines, f"fan-{number}", {**jsonata(Fan=fan), "TimeoutSeconds": 600})
        machines.end(machines.client.start_execution(stateMachineArn=machine)["executionArn"])
        counted.append(threads())
    assert eventually(lambda: threads() <= counted[0] + 5), counted


END = {"Type": "Pass", "End": True}


def create_machine(machines: Machines, name: str, definition: dict[str, Any]) -> str:
    created = machines.client.create_state_machine(name=name, roleArn=machines.role, definition=json.dumps(definition))
    return str(created["stateMachineArn"])


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False

"""Fault injection: the effect of each fault, and the option that enables them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from account import allow, make_role, unique
from machines import Machines, create_function, jsonata
from running_emulator import RunningEmulator, start_emulator

CREATE_BUCKET = "arn:aws:states:::aws-sdk:s3:createBucket"
INVOKE = "arn:aws:states:::lambda:invoke"


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    with start_emulator(tmp_path_factory.mktemp("faulty"), "--faults") as running:
        yield running


def run(emulator: RunningEmulator, task: dict[str, Any], *faults: dict[str, Any]) -> dict[str, Any]:
    """The end of an execution whose only state has these faults."""
    allowed = allow(["s3:CreateBucket", "lambda:InvokeFunction"])
    role = make_role(emulator.client, "states.amazonaws.com", [allowed])
    machines, name = Machines(emulator.client("stepfunctions"), role), unique("execution")
    folder = emulator.state_dir / "faults"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"states": {"Do": faults}}))
    machine = machines.create(jsonata(Do={"Type": "Task", **task, "End": True}))
    started = machines.client.start_execution(stateMachineArn=machine, name=name)
    return machines.end(started["executionArn"])


def create(bucket: str, **more: Any) -> dict[str, Any]:
    return {"Resource": CREATE_BUCKET, "Arguments": {"Bucket": bucket}, "TimeoutSeconds": 60, **more}


def buckets(emulator: RunningEmulator) -> list[str]:
    return [bucket["Name"] for bucket in emulator.client("s3").list_buckets()["Buckets"]]


@pytest.mark.parametrize(
    ("kind", "status", "error", "takes_effect"),
    [
        ("refuse", "FAILED", "S3.S3Exception", False),
        ("throttle", "FAILED", "S3.S3Exception", False),
        ("lose", "FAILED", "S3.SdkClientException", True),
        ("time-out", "FAILED", "States.Timeout", True),
        ("stop", "ABORTED", "Fault", True),
    ],
)
def test_a_fault_ends_the_call(faulty: RunningEmulator, kind: str, status: str, error: str, takes_effect: bool) -> None:
    bucket = unique(kind)
    end = run(faulty, create(bucket), {"kind": kind})
    assert (end["status"], end["error"], bucket in buckets(faulty)) == (status, error, takes_effect)


def test_a_fault_applies_to_its_number_of_attempts(faulty: RunningEmulator) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 1}]
    task = create(unique("later"), Retry=retry)
    assert run(faulty, task, {"kind": "throttle", "times": 2})["status"] == "SUCCEEDED"
    assert run(faulty, task, {"kind": "throttle", "times": 3})["status"] == "FAILED"


def test_arguments_and_results_are_patched(faulty: RunningEmulator) -> None:
    bucket = unique("patched")
    arguments = {"kind": "arguments", "patch": {"Bucket": bucket}}
    assert run(faulty, create(unique("asked")), arguments)["status"] == "SUCCEEDED"
    assert bucket in buckets(faulty)
    result = {"kind": "result", "patch": {"More": {"Marker": "x"}}}
    assert run(faulty, create(unique("asked")), result)["output"]["More"] == {"Marker": "x"}


def test_a_crash_ends_the_process_of_the_function(faulty: RunningEmulator) -> None:
    source = "export const handler = async (event) => event.name;"
    role = make_role(faulty.client, "lambda.amazonaws.com")
    function = create_function(faulty.client("lambda"), unique("function"), role, source)
    task = {"Resource": INVOKE, "Arguments": {"FunctionName": function, "Payload": {"name": "one"}}}
    end = run(faulty, task, {"kind": "crash"})
    assert (end["status"], end["error"]) == ("FAILED", "Runtime.ExitError")
    assert "Runtime exited with error: signal: killed" in end["cause"]
    assert run(faulty, task)["output"]["Payload"] == "one"


def test_a_wait_is_stopped_at_its_start(faulty: RunningEmulator) -> None:
    assert run(faulty, {"Type": "Wait", "Seconds": 99_999}, {"kind": "stop"})["status"] == "ABORTED"


def test_faults_need_the_option(faulty: RunningEmulator, emulator: RunningEmulator) -> None:
    assert (faulty.state_dir / "faults").stat().st_mode & 0o777 == 0o700
    assert run(emulator, create(unique("unharmed")), {"kind": "refuse"})["status"] == "SUCCEEDED"

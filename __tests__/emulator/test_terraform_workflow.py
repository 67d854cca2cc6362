"""A workflow applied by Terraform reads back as written, runs, and is destroyed without a remainder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from machines import Machines, zipped
from running_emulator import RunningEmulator
from terraform import Terraform

CONFIGURATION = (Path(__file__).parent / "fixtures" / "workflow.tf").read_text()


def test_apply_reads_back_runs_and_destroys(
    emulator: RunningEmulator, client: Callable[..., Any], tmp_path: Path
) -> None:
    package = tmp_path / "package.zip"
    package.write_bytes(zipped(index__mjs="export const handler = async (event) => event.n + 1"))
    (tmp_path / "terraform.tfvars.json").write_text(json.dumps({"package": str(package)}))
    terraform = Terraform(tmp_path, emulator, CONFIGURATION)
    terraform.apply()
    assert terraform.changes() == ""

    machines = Machines(client("stepfunctions"), lambda prefix: prefix, "")
    machine = "arn:aws:states:us-east-1:000000000000:stateMachine:round-trip"
    execution = machines.client.start_execution(stateMachineArn=machine, input='{"n": 41}')["executionArn"]
    assert machines.end(execution)["output"] == 42
    logged = client("logs").filter_log_events(logGroupName="/aws/vendedlogs/states/round-trip")["events"]
    assert json.loads(logged[-1]["message"])["type"] == "ExecutionSucceeded"

    terraform.destroy()
    assert not [role for role in client("iam").list_roles()["Roles"] if role["RoleName"].startswith("round-trip")]
    assert not client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/round-trip")["logGroups"]

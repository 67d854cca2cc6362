"""Terraform's state in a bucket with a lock file, as configured by STATE_BUCKET."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from account import Client
from running_emulator import RunningEmulator

KEY = "clicklogger-dev-us-east-1-clicklogger.tfstate"
Run = Callable[..., str]


def configuration(bucket: str) -> str:
    """A configuration without external providers."""
    backend = {"bucket": bucket, "key": KEY, "region": "us-east-1", "encrypt": True, "use_lockfile": True}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in backend.items())
    return f'terraform {{\n backend "s3" {{\n{lines}\n}}\n}}\nresource "terraform_data" "any" {{\n input = "1"\n}}\n'


@pytest.fixture
def terraform(emulator: RunningEmulator, tmp_path: Path) -> Run:
    """`terraform(*arguments)`: runs a command in an empty folder. AssertionError with the output when it fails."""
    program = shutil.which("terraform")
    if program is None:
        pytest.skip("terraform is not on PATH")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "TF_"))},
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
    }

    def run(*arguments: str) -> str:
        command = [program, *arguments, "-input=false", "-no-color"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_state_is_in_the_bucket_and_locked(client: Client, bucket: str, tmp_path: Path, terraform: Run) -> None:
    s3 = client("s3")
    (tmp_path / "main.tf").write_text(configuration(bucket))
    terraform("init")
    terraform("apply", "-auto-approve")
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]

    held = {"ID": "1", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere", "Version": "1.11.4"}
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=json.dumps(held))
    with pytest.raises(AssertionError, match="somebody@elsewhere"):
        terraform("apply", "-auto-approve")
    s3.delete_object(Bucket=bucket, Key=f"{KEY}.tflock")
    terraform("destroy", "-auto-approve")

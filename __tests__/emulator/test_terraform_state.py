"""Terraform's state in a bucket, locked by S3 itself, as STATE_BUCKET asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from running_emulator import RunningEmulator
from terraform import Terraform

KEY = "clicklogger-dev-us-east-1-clicklogger.tfstate"


def configuration(bucket: str) -> str:
    backend = {"bucket": bucket, "key": KEY, "region": "us-east-1", "encrypt": True, "use_lockfile": True}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in backend.items())
    return f'terraform {{\n backend "s3" {{\n{lines}\n}}\n}}\nresource "terraform_data" "any" {{\n input = "1"\n}}\n'


def test_the_state_lies_in_the_bucket_and_whoever_holds_its_lock_keeps_others_out(
    emulator: RunningEmulator, client: Callable[..., Any], unique: Callable[[str], str], tmp_path: Path
) -> None:
    s3 = client("s3")
    bucket = unique("states")
    s3.create_bucket(Bucket=bucket)
    terraform = Terraform(tmp_path, emulator, configuration(bucket))
    terraform.apply()
    assert [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [KEY]

    held = {"ID": "1", "Operation": "OperationTypeApply", "Who": "somebody@elsewhere", "Version": "1.11.4"}
    s3.put_object(Bucket=bucket, Key=f"{KEY}.tflock", Body=json.dumps(held))
    with pytest.raises(AssertionError, match="somebody@elsewhere"):
        terraform.apply()
    s3.delete_object(Bucket=bucket, Key=f"{KEY}.tflock")
    terraform.destroy()

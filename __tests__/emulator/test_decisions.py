"""`--decisions FILE`: what IAM decides about roles, for whoever asks which statement of a policy is needed."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from policies import allow, create_role
from running_emulator import RunningEmulator, start_emulator

BUCKET = "arn:aws:s3:::bucket-of-decisions"


def _role(emulator: RunningEmulator) -> dict[str, str]:
    """Credentials of a role with two statements that both allow ListBucket."""
    list_objects = {**allow("s3:ListBucket", BUCKET), "Sid": "List"}
    everything = {**allow(["s3:GetBucketLocation", "s3:ListBucket"], "arn:aws:s3:::*"), "Sid": "Wide"}
    arn = create_role(emulator.client, "asker", "lambda.amazonaws.com", list_objects, everything)
    answer = emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")
    credentials: dict[str, str] = answer["Credentials"]
    return credentials


def _of_role(file: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    return [line for line in lines if line["role"] == "asker"]


def test_a_decision_has_every_statement_that_allows_it(tmp_path: Path) -> None:
    file = tmp_path / "decisions.jsonl"
    with start_emulator(tmp_path / "state", "--decisions", str(file)) as emulator:
        emulator.client("s3").create_bucket(Bucket="bucket-of-decisions")
        s3 = emulator.client("s3", _role(emulator))
        s3.list_objects_v2(Bucket="bucket-of-decisions")
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket="bucket-of-decisions", Key="k", Body=b"")
    decisions = {line["action"]: line for line in _of_role(file)}
    assert decisions["s3:ListBucket"]["statements"] == ["List", "Wide"]
    assert decisions["s3:ListBucket"]["allowed"]
    assert decisions["s3:ListBucket"]["resource"] == BUCKET
    assert decisions["s3:PutObject"]["statements"] == []
    assert not decisions["s3:PutObject"]["allowed"]

"""TLS-only bucket policies hold: loopback counts as TLS, a request marked as plain is denied."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make, Unique
from machines import Machines, jsonata
from policies import allow, document
from running_emulator import RunningEmulator

EVERYTHING = [allow("s3:*")]


@pytest.fixture
def bucket(client: Client, bucket: str) -> str:
    """A bucket that takes requests over TLS only."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    client("s3").put_bucket_policy(Bucket=bucket, Policy=document(deny))
    return bucket


@pytest.fixture
def s3(client: Client, make_role: Make, credentials_of: Assume) -> Any:
    role = make_role("ec2.amazonaws.com", EVERYTHING)
    return client("s3", credentials_of(role), signature_version="s3v4")  # boto3 presigns with version 2 otherwise


def test_loopback_counts_as_tls(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    assert urllib.request.urlopen(url).read() == b"1"


def test_a_request_marked_as_plain_is_denied(s3: Any, bucket: str) -> None:
    s3.meta.events.register(
        "before-send.s3.*", lambda request, **_: request.headers.update({"X-Forwarded-Proto": "http"})
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"1")


def test_others_are_still_denied(emulator: RunningEmulator, client: Client, bucket: str) -> None:
    client("s3").put_object(Bucket=bucket, Key="k", Body=b"1")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{emulator.endpoint}/{bucket}/k")


def test_step_functions_passes(client: Client, unique: Unique, make_role: Make, bucket: str) -> None:
    machines = Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com", EVERYTHING))
    work = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
        "Arguments": {"Bucket": bucket},
        "End": True,
    }
    assert machines.run(jsonata(Work=work))["status"] == "SUCCEEDED"

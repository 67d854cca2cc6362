"""Writes to S3 fail when the disk is full. A limit on the process's file size simulates a full disk."""

import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_emulator import RunningEmulator, start_emulator

LIMIT = 1024 * 1024
TOO_LARGE = b"x" * (LIMIT + 1)
Write = Callable[[Any], Any]


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[RunningEmulator]:
    with start_emulator(tmp_path) as running:
        s3 = running.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.create_bucket(Bucket="versioned")
        s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
        for bucket in ("bucket", "versioned"):
            s3.put_object(Bucket=bucket, Key="large", Body=TOO_LARGE)
            s3.put_object(Bucket=bucket, Key="k", Body=b"old")
        running.wait_for_save()
        yield running


def fill_disk(running: RunningEmulator) -> None:
    _, hard = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (LIMIT, hard))


def complete(s3: Any, bucket: str) -> Any:
    to = {"Bucket": bucket, "Key": "k"}
    to["UploadId"] = s3.create_multipart_upload(**to)["UploadId"]
    etag = s3.upload_part(**to, PartNumber=1, Body=TOO_LARGE)["ETag"]
    return s3.complete_multipart_upload(**to, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]})


WRITES: dict[str, Write] = {
    "an object": lambda s3: s3.put_object(Bucket="bucket", Key="k", Body=TOO_LARGE),
    "a version": lambda s3: s3.put_object(Bucket="versioned", Key="k", Body=TOO_LARGE),
    "a copy": lambda s3: s3.copy_object(Bucket="bucket", Key="k", CopySource="bucket/large"),
    "an upload in parts": lambda s3: complete(s3, "bucket"),
    "an object whose old version is kept": lambda s3: s3.put_object(Bucket="versioned", Key="large", Body=b"small"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_writes_fail_on_a_full_disk(emulator: RunningEmulator, write: Write) -> None:
    s3 = emulator.client("s3")
    fill_disk(emulator)
    with pytest.raises(ClientError, match="cannot write to its disk") as raised:
        write(s3)
    assert raised.value.response["Error"]["Code"] == "InsufficientStorage"
    assert_nothing_changed(s3)
    emulator.kill()
    with start_emulator(emulator.state_dir) as again:
        assert_nothing_changed(again.client("s3"))


def assert_nothing_changed(s3: Any) -> None:
    for bucket in ("bucket", "versioned"):
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"old"
        assert s3.head_object(Bucket=bucket, Key="large")["ContentLength"] == len(TOO_LARGE)
    assert len(s3.list_object_versions(Bucket="versioned")["Versions"]) == 2


def test_small_writes_and_deletions_succeed_on_a_full_disk(emulator: RunningEmulator) -> None:
    s3 = emulator.client("s3")
    fill_disk(emulator)
    s3.put_object(Bucket="bucket", Key="small", Body=b"1")
    s3.delete_object(Bucket="bucket", Key="large")
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "k"}]})
    assert [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["small"]

"""Limits of S3 on keys, tags and deletions, and responses for missing keys."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from account import Client, allow
from botocore.exceptions import ClientError


def rejection(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


class TestKeys:
    @pytest.mark.parametrize("key", ["k" * 1024, "ü" * 512])
    def test_a_key_can_have_1024_bytes(self, client: Client, bucket: str, key: str) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
        assert client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == b"1"

    @pytest.mark.parametrize("key", ["k" * 1025, "ü" * 513])
    def test_a_longer_key_is_rejected(self, client: Client, bucket: str, key: str) -> None:
        s3 = client("s3")
        calls: list[Callable[[], Any]] = [
            lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"1"),
            lambda: s3.create_multipart_upload(Bucket=bucket, Key=key),
            lambda: s3.get_object(Bucket=bucket, Key=key),
        ]
        assert [rejection(call) for call in calls] == [(400, "KeyTooLongError")] * 3


class TestTags:
    @pytest.mark.parametrize(
        "tag",
        [("k" * 129, "v"), ("k", "v" * 257), ("aws:k", "v"), ("k!", "v"), ("k", "a,b"), ("k", "(v)")],
        ids=lambda tag: "=".join(tag)[:8],
    )
    def test_an_invalid_tag_is_rejected(self, client: Client, bucket: str, tag: tuple[str, str]) -> None:
        s3, tagging = client("s3"), {"TagSet": [{"Key": tag[0], "Value": tag[1]}]}
        s3.put_object(Bucket=bucket, Key="there", Body=b"")
        calls: list[Callable[[], Any]] = [
            lambda: s3.put_object(Bucket=bucket, Key="new", Body=b"", Tagging=urlencode([tag])),
            lambda: s3.create_multipart_upload(Bucket=bucket, Key="new", Tagging=urlencode([tag])),
            lambda: s3.put_object_tagging(Bucket=bucket, Key="there", Tagging=tagging),
            lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging=tagging),
        ]
        assert [rejection(call) for call in calls] == [(400, "InvalidTag")] * 4
        assert rejection(lambda: s3.head_object(Bucket=bucket, Key="new"))[0] == 404

    def test_other_tags_are_stored(self, client: Client, bucket: str) -> None:
        tags = {"k" * 128: "v" * 256, "Größe _.:/=+-@": "", "k": "1 é 漢"}
        client("s3").put_object(Bucket=bucket, Key="k", Body=b"", Tagging=urlencode(tags))
        kept = client("s3").get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in kept} == tags


class TestDeletions:
    @pytest.mark.parametrize("count", [0, 1001])
    def test_no_key_and_more_than_1000_keys_are_rejected(self, client: Client, bucket: str, count: int) -> None:
        keys = [{"Key": f"{number:04}"} for number in range(count)]
        s3 = client("s3")
        assert rejection(lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})) == (400, "MalformedXML")


class TestMissingKeys:
    @pytest.fixture
    def s3_of(self, client_with: Client) -> Callable[..., Any]:
        """`s3_of(*statements)`: a client that is allowed to read and write objects, and with these statements."""
        return partial(client_with, "s3", allow(["s3:GetObject*", "s3:PutObject"]))

    @staticmethod
    def listing(bucket: str, condition: Any = None) -> dict[str, Any]:
        return allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", condition)

    @staticmethod
    def reads(s3: Any, bucket: str) -> list[int]:
        """The status of every operation for the missing key logs/k."""
        at = {"Bucket": bucket, "Key": "logs/k"}
        copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/logs/k"}
        calls: list[Callable[[], Any]] = [
            lambda: s3.get_object(**at),
            lambda: s3.head_object(**at),
            lambda: s3.get_object_tagging(**at),
            lambda: s3.get_object_attributes(**at, ObjectAttributes=["ETag"]),
            lambda: s3.copy_object(**copy),
        ]
        return [rejection(call)[0] for call in calls]

    def test_a_caller_with_list_bucket_gets_404(self, s3_of: Callable[..., Any], bucket: str) -> None:
        assert self.reads(s3_of(self.listing(bucket)), bucket) == [404] * 5

    def test_a_caller_without_list_bucket_gets_403(self, s3_of: Callable[..., Any], bucket: str) -> None:
        s3 = s3_of(self.listing("another-bucket"))
        assert self.reads(s3, bucket) == [403] * 5
        with pytest.raises(ClientError, match="s3:ListBucket"):
            s3.get_object(Bucket=bucket, Key="k")

    @pytest.mark.parametrize(
        ("operator", "prefix", "status"),
        [("StringLikeIfExists", "logs/*", 404), ("StringLikeIfExists", "data/*", 403), ("StringLike", "logs/*", 403)],
    )
    def test_the_status_depends_on_the_allowed_prefix(
        self, s3_of: Callable[..., Any], bucket: str, operator: str, prefix: str, status: int
    ) -> None:
        s3 = s3_of(self.listing(bucket, {operator: {"s3:prefix": prefix}}))
        assert self.reads(s3, bucket) == [status] * 5

    def test_the_rule_applies_to_deleted_keys(self, client: Client, s3_of: Callable[..., Any], bucket: str) -> None:
        root = client("s3")
        root.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        root.put_object(Bucket=bucket, Key="k", Body=b"1")
        root.delete_object(Bucket=bucket, Key="k")
        assert rejection(lambda: s3_of().get_object(Bucket=bucket, Key="k")) == (403, "AccessDenied")
        assert rejection(lambda: root.get_object(Bucket=bucket, Key="k")) == (404, "NoSuchKey")

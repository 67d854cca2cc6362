"""S3 refuses what AWS refuses: long keys, bad tags, large deletions, and answers that give a missing key away."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make
from policies import allow


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as refused:
        call()
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


class TestKeys:
    @pytest.mark.parametrize("key", ["k" * 1024, "ü" * 512])
    def test_a_key_of_1024_bytes_is_taken(self, client: Client, bucket: str, key: str) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
        assert client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == b"1"

    @pytest.mark.parametrize("key", ["k" * 1025, "ü" * 513])
    def test_a_longer_key_is_refused(self, client: Client, bucket: str, key: str) -> None:
        s3 = client("s3")
        calls: list[Callable[[], Any]] = [
            lambda: s3.put_object(Bucket=bucket, Key=key, Body=b"1"),
            lambda: s3.create_multipart_upload(Bucket=bucket, Key=key),
            lambda: s3.get_object(Bucket=bucket, Key=key),
        ]
        assert [refusal(call) for call in calls] == [(400, "KeyTooLongError")] * 3


class TestTags:
    @pytest.mark.parametrize(
        "tag",
        [("k" * 129, "v"), ("k", "v" * 257), ("aws:k", "v"), ("k!", "v"), ("k", "a,b"), ("k", "(v)")],
        ids=lambda tag: "=".join(tag)[:8],
    )
    def test_a_tag_that_aws_does_not_take_is_refused(self, client: Client, bucket: str, tag: tuple[str, str]) -> None:
        s3, tagging = client("s3"), {"TagSet": [{"Key": tag[0], "Value": tag[1]}]}
        s3.put_object(Bucket=bucket, Key="there", Body=b"")
        calls: list[Callable[[], Any]] = [
            lambda: s3.put_object(Bucket=bucket, Key="new", Body=b"", Tagging=urlencode([tag])),
            lambda: s3.create_multipart_upload(Bucket=bucket, Key="new", Tagging=urlencode([tag])),
            lambda: s3.put_object_tagging(Bucket=bucket, Key="there", Tagging=tagging),
            lambda: s3.put_bucket_tagging(Bucket=bucket, Tagging=tagging),
        ]
        assert [refusal(call) for call in calls] == [(400, "InvalidTag")] * 4
        assert refusal(lambda: s3.head_object(Bucket=bucket, Key="new"))[0] == 404

    def test_other_tags_are_taken(self, client: Client, bucket: str) -> None:
        tags = {"k" * 128: "v" * 256, "Größe _.:/=+-@": "", "k": "1 é 漢"}
        client("s3").put_object(Bucket=bucket, Key="k", Body=b"", Tagging=urlencode(tags))
        kept = client("s3").get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in kept} == tags


class TestDeletions:
    @pytest.mark.parametrize("count", [0, 1001])
    def test_no_key_and_more_than_1000_are_refused(self, client: Client, bucket: str, count: int) -> None:
        keys = [{"Key": f"{number:04}"} for number in range(count)]
        s3 = client("s3")
        assert refusal(lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})) == (400, "MalformedXML")


class TestMissingKeys:
    @pytest.fixture
    def s3_of(self, client: Client, make_role: Make, credentials_of: Assume) -> Callable[..., Any]:
        """`s3_of(statement, …)`: a client whose role may read and write objects, and what the statements allow."""

        def make(*statements: dict[str, Any]) -> Any:
            objects = allow(["s3:GetObject*", "s3:PutObject"])
            return client("s3", credentials_of(make_role("ec2.amazonaws.com", [objects, *statements])))

        return make

    @staticmethod
    def listing(bucket: str, **condition: Any) -> dict[str, Any]:
        return {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{bucket}",
            **({"Condition": condition} if condition else {}),
        }

    @staticmethod
    def reads(s3: Any, bucket: str) -> list[int]:
        """The status of every operation that meets the missing key logs/k."""
        at = {"Bucket": bucket, "Key": "logs/k"}
        copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/logs/k"}
        calls: list[Callable[[], Any]] = [
            lambda: s3.get_object(**at),
            lambda: s3.head_object(**at),
            lambda: s3.get_object_tagging(**at),
            lambda: s3.get_object_attributes(**at, ObjectAttributes=["ETag"]),
            lambda: s3.copy_object(**copy),
        ]
        return [refusal(call)[0] for call in calls]

    def test_a_caller_that_may_list_gets_404(self, s3_of: Callable[..., Any], bucket: str) -> None:
        assert self.reads(s3_of(self.listing(bucket)), bucket) == [404] * 5

    def test_a_caller_that_may_not_list_gets_403(self, s3_of: Callable[..., Any], bucket: str) -> None:
        s3 = s3_of(self.listing("another-bucket"))
        assert self.reads(s3, bucket) == [403] * 5
        with pytest.raises(ClientError, match="s3:ListBucket"):
            s3.get_object(Bucket=bucket, Key="k")

    @pytest.mark.parametrize(
        ("operator", "prefix", "status"),
        [("StringLikeIfExists", "logs/*", 404), ("StringLikeIfExists", "data/*", 403), ("StringLike", "logs/*", 403)],
    )
    def test_the_status_depends_on_the_prefix_that_may_be_listed(
        self, s3_of: Callable[..., Any], bucket: str, operator: str, prefix: str, status: int
    ) -> None:
        s3 = s3_of(self.listing(bucket, **{operator: {"s3:prefix": prefix}}))
        assert self.reads(s3, bucket) == [status] * 5

    def test_a_deleted_key_is_hidden_too(self, client: Client, s3_of: Callable[..., Any], bucket: str) -> None:
        root = client("s3")
        root.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        root.put_object(Bucket=bucket, Key="k", Body=b"1")
        root.delete_object(Bucket=bucket, Key="k")
        assert refusal(lambda: s3_of().get_object(Bucket=bucket, Key="k")) == (403, "AccessDenied")
        assert refusal(lambda: root.get_object(Bucket=bucket, Key="k")) == (404, "NoSuchKey")

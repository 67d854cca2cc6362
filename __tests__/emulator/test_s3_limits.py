"""S3 refuses what AWS refuses: long keys, long pages, bad completions, and answers that give a missing key away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make
from policies import allow, document

MIB = 1024 * 1024


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as refused:
        call()
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


class TestKeys:
    @pytest.mark.parametrize("key", ["k" * 1024, "ü" * 512])
    def test_takes_1024_bytes(self, client: Client, bucket: str, key: str) -> None:
        client("s3").put_object(Bucket=bucket, Key=key, Body=b"1")
        assert client("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == b"1"

    @pytest.mark.parametrize("key", ["k" * 1025, "ü" * 513])
    def test_refuses_more(self, client: Client, bucket: str, key: str) -> None:
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
    def test_refuses_what_no_tag_may_hold(self, client: Client, bucket: str, tag: tuple[str, str]) -> None:
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

    def test_takes_the_others(self, client: Client, bucket: str) -> None:
        tags = {"k" * 128: "v" * 256, "Größe _.:/=+-@": "", "k": "1 é 漢"}
        client("s3").put_object(Bucket=bucket, Key="k", Body=b"", Tagging=urlencode(tags))
        kept = client("s3").get_object_tagging(Bucket=bucket, Key="k")["TagSet"]
        assert {tag["Key"]: tag["Value"] for tag in kept} == tags


class TestPages:
    @pytest.fixture
    def full(self, client: Client, bucket: str) -> str:
        for number in range(1002):
            client("s3").put_object(Bucket=bucket, Key=f"{number:04}", Body=b"")
        return bucket

    def test_holds_1000_rows_at_most(self, client: Client, full: str) -> None:
        s3 = client("s3")
        page = s3.list_objects_v2(Bucket=full, MaxKeys=5000)
        assert (page["MaxKeys"], page["KeyCount"], page["IsTruncated"]) == (1000, 1000, True)
        assert len(s3.list_objects(Bucket=full, MaxKeys=5000)["Contents"]) == 1000
        assert len(s3.list_object_versions(Bucket=full, MaxKeys=5000)["Versions"]) == 1000
        rest = s3.list_objects_v2(Bucket=full, ContinuationToken=page["NextContinuationToken"])
        assert [item["Key"] for item in rest["Contents"]] == ["1000", "1001"]

        keys = [{"Key": f"{number:04}"} for number in range(1002)]
        assert refusal(lambda: s3.delete_objects(Bucket=full, Delete={"Objects": keys[:1001]})) == (400, "MalformedXML")
        assert len(s3.delete_objects(Bucket=full, Delete={"Objects": keys[:1000]})["Deleted"]) == 1000
        assert s3.list_objects_v2(Bucket=full)["KeyCount"] == 2

    @pytest.mark.parametrize("size", [-1, 2**31])
    def test_refuses_a_size_out_of_range(self, client: Client, bucket: str, size: int) -> None:
        assert refusal(lambda: client("s3").list_objects_v2(Bucket=bucket, MaxKeys=size)) == (400, "InvalidArgument")

    def test_refuses_to_delete_nothing(self, client: Client, bucket: str) -> None:
        s3 = client("s3")
        assert refusal(lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": []})) == (400, "MalformedXML")


class TestMultipart:
    @pytest.fixture
    def complete(self, client: Client, bucket: str) -> Callable[..., Any]:
        """`complete(sizes, order)`: upload parts 1, 2, … of these sizes, and complete them in this order."""
        s3 = client("s3")

        def upload(sizes: list[int], order: list[int], etag: str | None = None) -> Any:
            upload_id = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
            to = {"Bucket": bucket, "Key": "k", "UploadId": upload_id}
            etags = [
                s3.upload_part(**to, PartNumber=number, Body=b"x" * size)["ETag"]
                for number, size in enumerate(sizes, 1)
            ]
            parts = [{"PartNumber": n, "ETag": etag or (etags[n - 1] if n <= len(etags) else "none")} for n in order]
            return s3.complete_multipart_upload(**to, MultipartUpload={"Parts": parts})

        return upload

    def test_takes_a_last_part_of_any_size(self, client: Client, bucket: str, complete: Callable[..., Any]) -> None:
        complete([5 * MIB, 1], [1, 2])
        assert client("s3").head_object(Bucket=bucket, Key="k")["ContentLength"] == 5 * MIB + 1

    @pytest.mark.parametrize(
        ("sizes", "order", "code"),
        [
            ([5 * MIB - 1, 1], [1, 2], "EntityTooSmall"),
            ([0, 1], [1, 2], "EntityTooSmall"),
            ([5 * MIB, 1], [2, 1], "InvalidPartOrder"),
            ([5 * MIB, 1], [1, 1], "InvalidPartOrder"),
            ([1], [], "MalformedXML"),
            ([1], [1, 2], "InvalidPart"),
        ],
    )
    def test_refuses(
        self, client: Client, bucket: str, complete: Callable[..., Any], sizes: list[int], order: list[int], code: str
    ) -> None:
        assert refusal(lambda: complete(sizes, order)) == (400, code)
        assert refusal(lambda: client("s3").head_object(Bucket=bucket, Key="k"))[0] == 404

    def test_refuses_the_etag_of_another_part(self, complete: Callable[..., Any]) -> None:
        assert refusal(lambda: complete([1], [1], etag="0" * 32)) == (400, "InvalidPart")

    def test_an_upload_survives_a_refused_completion(self, client: Client, bucket: str) -> None:
        s3 = client("s3")
        to = {"Bucket": bucket, "Key": "k"}
        to["UploadId"] = s3.create_multipart_upload(**to)["UploadId"]
        parts = [{"PartNumber": n, "ETag": s3.upload_part(**to, PartNumber=n, Body=b"x")["ETag"]} for n in (1, 2)]
        refusal(lambda: s3.complete_multipart_upload(**to, MultipartUpload={"Parts": parts}))
        s3.complete_multipart_upload(**to, MultipartUpload={"Parts": parts[:1]})
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


class TestAbsence:
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

    def test_is_told_to_who_may_list(self, s3_of: Callable[..., Any], bucket: str) -> None:
        assert self.reads(s3_of(self.listing(bucket)), bucket) == [404] * 5

    def test_is_hidden_from_who_may_not(self, s3_of: Callable[..., Any], bucket: str) -> None:
        s3 = s3_of(self.listing("another-bucket"))
        assert self.reads(s3, bucket) == [403] * 5
        with pytest.raises(ClientError, match="s3:ListBucket"):
            s3.get_object(Bucket=bucket, Key="k")

    @pytest.mark.parametrize(
        ("operator", "prefix", "status"),
        [("StringLikeIfExists", "logs/*", 404), ("StringLikeIfExists", "data/*", 403), ("StringLike", "logs/*", 403)],
    )
    def test_depends_on_the_prefix_that_may_be_listed(
        self, s3_of: Callable[..., Any], bucket: str, operator: str, prefix: str, status: int
    ) -> None:
        s3 = s3_of(self.listing(bucket, **{operator: {"s3:prefix": prefix}}))
        assert self.reads(s3, bucket) == [status] * 5

    def test_a_bucket_policy_may_allow_it(self, client: Client, s3_of: Callable[..., Any], bucket: str) -> None:
        statement = {**self.listing(bucket), "Principal": "*"}
        policy = document(statement)
        client("s3").delete_public_access_block(Bucket=bucket)
        client("s3").put_bucket_policy(Bucket=bucket, Policy=policy)
        assert self.reads(s3_of(), bucket) == [404] * 5

    def test_a_deleted_key_is_hidden_too(self, client: Client, s3_of: Callable[..., Any], bucket: str) -> None:
        root = client("s3")
        root.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        root.put_object(Bucket=bucket, Key="k", Body=b"1")
        root.delete_object(Bucket=bucket, Key="k")
        assert refusal(lambda: s3_of().get_object(Bucket=bucket, Key="k")) == (403, "AccessDenied")
        assert refusal(lambda: root.get_object(Bucket=bucket, Key="k")) == (404, "NoSuchKey")

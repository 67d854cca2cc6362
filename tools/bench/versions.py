"""Buckets full of versions for scripts/bench.ts: `fill ENDPOINT BUCKET COUNT`, `empty ENDPOINT BUCKET MILLISECONDS`.

`empty` does as boto3's documentation does, with so many milliseconds before each request.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

KEYS = 1000
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


def fill(endpoint: str, bucket: str, count: int) -> None:
    s3 = boto3.client("s3", endpoint_url=endpoint, config=Config(max_pool_connections=16), **ROOT)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def put(number: int) -> None:
        s3.put_object(Bucket=bucket, Key=f"clicklog/data=2026-01-01/{number % KEYS:04}.parquet", Body=b"x")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(put, range(count)))


def empty(endpoint: str, name: str, milliseconds: int) -> None:
    s3 = boto3.resource("s3", endpoint_url=endpoint, **ROOT)

    def wait(**_: object) -> None:
        time.sleep(milliseconds / 1000)

    s3.meta.client.meta.events.register("before-send.s3", wait)
    bucket = s3.Bucket(name)
    bucket.object_versions.delete()
    bucket.delete()


if __name__ == "__main__":
    action, endpoint, bucket, number = sys.argv[1:]
    {"fill": fill, "empty": empty}[action](endpoint, bucket, int(number))

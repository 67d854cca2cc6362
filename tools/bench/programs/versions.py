"""A bucket with versions for scripts/bench.ts: `fill ENDPOINT BUCKET VERSIONS`, `empty` and `count ENDPOINT BUCKET`.

`empty` follows boto3's documentation. `count` prints `{"versionsLeft"}`, which is 0 for a deleted bucket.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

KEYS = 1000
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


def fill(endpoint: str, bucket: str, versions: str) -> None:
    s3 = boto3.client("s3", endpoint_url=endpoint, config=Config(max_pool_connections=16), **ROOT)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def put(number: int) -> None:
        s3.put_object(Bucket=bucket, Key=f"clicklog/data=2026-01-01/{number % KEYS:04}.parquet", Body=b"x")

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(put, range(int(versions))))


def empty(endpoint: str, name: str) -> None:
    bucket = boto3.resource("s3", endpoint_url=endpoint, **ROOT).Bucket(name)
    bucket.object_versions.delete()
    bucket.delete()


def count(endpoint: str, bucket: str) -> None:
    s3 = boto3.client("s3", endpoint_url=endpoint, **ROOT)
    try:
        pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=bucket))
    except s3.exceptions.NoSuchBucket:
        pages = []
    print(json.dumps({"versionsLeft": sum(len(page.get("Versions", [])) for page in pages)}))


if __name__ == "__main__":
    action, *arguments = sys.argv[1:]
    {"fill": fill, "empty": empty, "count": count}[action](*arguments)

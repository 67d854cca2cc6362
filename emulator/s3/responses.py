"""Responses of S3 that differ from MiniStack's: 403 for missing keys, and no encryption headers for Spark.

A caller without s3:ListBucket gets 403 instead of 404. The value of s3:prefix in conditions is not documented. Ceph's
compatibility tests use the key (ceph/ceph pull request 68577), GetObject has no prefix; here a 404 requires both.

Hadoop 3.3.4's S3A copies an object with the key of the source, and its SDK rejects such requests over HTTP. Without
the headers the copy has the default encryption of the bucket, which is the same.
"""

from collections.abc import Callable

import ministack.app as app
from ministack.core.router import extract_access_key_id

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around

ENCRYPTION = "x-amz-server-side-encryption"


def _conceal(request: Request, proceed: Callable[[], Answer]) -> Answer:
    answer = proceed()
    if answer[0] != 404 or b"<Code>NoSuchKey<" not in answer[2]:
        return answer
    if not extract_access_key_id(request.headers, request.query):  # a call of the emulator
        return answer
    bucket, key = request.copied or (request.bucket, request.key)
    for context in ({}, {"s3:prefix": key}):
        denied: Answer | None = app._enforce_data_plane(
            "s3",
            "s3:ListBucket",
            request.headers,
            request.query,
            "",
            resource_arn=f"arn:aws:s3:::{bucket}",
            service_context=context,
        )
        if denied is not None:
            markers = {name: value for name, value in answer[1].items() if name.lower() == "x-amz-delete-marker"}
            return denied[0], {**denied[1], **markers}, denied[2]
    return answer


def _withhold_encryption(request: Request, proceed: Callable[[], Answer]) -> Answer:
    status, headers, body = proceed()
    if request.headers.get("user-agent", "").startswith("Hadoop"):
        headers = {name: value for name, value in headers.items() if not name.lower().startswith(ENCRYPTION)}
    return status, headers, body


def install() -> None:
    around(_conceal)
    around(_withhold_encryption)
    hooks.require(app, "_enforce_data_plane")

"""Writes to S3 fail when the disk is full.

MiniStack only logs a failed write of an object, which a restart would then lose.
"""

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around, error

_log = logging.getLogger("emulator")

OVERHEAD_BYTES = 64 * 1024
"""For the metadata and tags of an object, and its folders."""


def _store(request: Request, proceed: Callable[[], Answer]) -> Answer:
    if request.method == "PUT" or (request.method == "POST" and "uploadId" in request.query):
        try:
            _reserve(OVERHEAD_BYTES + _size(request))
        except OSError as failed:
            _log.error("s3://%s/%s was not written: %s", request.bucket, request.key, failed)
            reason = failed.strerror or failed
            message = f"The local AWS cannot write to its disk: {reason}. Free space and try again."
            return error("InsufficientStorage", message, request, 507)  # SDKs retry 500 and 503, but not 507
    return proceed()


def _size(request: Request) -> int:
    """The bytes that the request adds to the disk: the object, and the current version, which becomes noncurrent."""
    added = len(request.body)
    if request.copied is not None:
        added += _stored_size(*request.copied)
    upload = s3._multipart_uploads.get(s3._qp(request.query, "uploadId"))
    if upload is not None and request.method == "POST":
        added += sum(part["size"] for part in upload["parts"].values())
    if s3._bucket_versioning.get(request.bucket):
        added += _stored_size(request.bucket, request.key)
    return added


def _stored_size(bucket: str, key: str) -> int:
    found = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
    return int(found["size"]) if found else 0


def _reserve(size: int) -> None:
    """OSError when the disk does not have `size` free bytes."""
    Path(s3.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=s3.DATA_DIR) as file:
        if hasattr(os, "posix_fallocate"):  # not on macOS
            os.posix_fallocate(file.fileno(), 0, size)
        elif shutil.disk_usage(s3.DATA_DIR).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def install() -> None:
    around(_store)
    hooks.require(s3, "DATA_DIR _buckets _multipart_uploads _bucket_versioning")

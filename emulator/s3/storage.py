"""What S3 has accepted is on the disk: a full disk is the writer's error, before anything changes.

MiniStack changes its memory, fires the event, and only logs that it could not write; the object is gone after a
restart.
"""

from __future__ import annotations

import contextvars
import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around, error

_log = logging.getLogger("emulator")

OVERHEAD_BYTES = 64 * 1024
"""For the file of an object's metadata and tags, and the names of its folders."""

_failure: contextvars.ContextVar[OSError | None] = contextvars.ContextVar("failure", default=None)
"""Why a file of this request could not be written."""


def _store(request: Request, proceed: Callable[[], Answer]) -> Answer:
    if request.method in ("GET", "HEAD"):
        return proceed()
    token = _failure.set(None)
    try:
        if request.method == "PUT" or "uploadId" in request.query:  # deletions must work on a full disk
            _reserve(OVERHEAD_BYTES + _size(request))
        answer = proceed()
        failed = _failure.get()
    except OSError as error_of_disk:
        failed = error_of_disk
    finally:
        _failure.reset(token)
    return answer if failed is None else _refuse(request, failed)


def _size(request: Request) -> int:
    """The bytes that this request adds to the disk: the object, and the version that it displaces."""
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
    """OSError when the disk does not take `size` bytes more."""
    Path(s3.DATA_DIR).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=s3.DATA_DIR) as file:
        if hasattr(os, "posix_fallocate"):  # not on macOS
            os.posix_fallocate(file.fileno(), 0, size)
        elif shutil.disk_usage(s3.DATA_DIR).free < size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _refuse(request: Request, failed: OSError) -> Answer:
    _log.error("s3://%s/%s was not written: %s", request.bucket, request.key, failed)
    message = f"The local AWS cannot write to its disk: {failed.strerror or failed}. Free space and try again."
    return error("InsufficientStorage", message, request, 507)  # SDKs retry 500 and 503, which does not help


def _note_failure(write: Callable[..., None]) -> Callable[..., None]:
    """Who calls this catches the error, logs it and continues."""

    def atomic_write(path: str, data: Any, *, text: bool = False) -> None:
        try:
            write(path, data, text=text)
        except OSError as failed:
            _failure.set(failed)
            raise

    return atomic_write


def install() -> None:
    around(_store)
    hooks.replace(s3, "_atomic_write", _note_failure)
    for name in ("DATA_DIR", "_buckets", "_multipart_uploads", "_bucket_versioning"):
        hooks.original(s3, name)

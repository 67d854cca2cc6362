"""What PutRecord and PutRecordBatch refuse to take in."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from emulator.models import ApiError

RECORD_BYTES = 1000 * 1024
BATCH_BYTES = 4 * 1024 * 1024
BATCH_RECORDS = 500


def batch(records: list[dict[str, Any]]) -> list[bytes]:
    """The data of a PutRecordBatch; ApiError when it is more than one call may carry."""
    if not 1 <= len(records) <= BATCH_RECORDS:
        raise ApiError(
            "ValidationException",
            f"1 validation error detected: Value at 'records' failed to satisfy constraint: Member must have length "
            f"between 1 and {BATCH_RECORDS}; it has {len(records)}",
        )
    data = [record(item) for item in records]
    if sum(map(len, data)) > BATCH_BYTES:
        raise ApiError(
            "InvalidArgumentException",
            f"Records size exceeds 4 MB limit: the batch has {sum(map(len, data))} bytes.",
        )
    return data


def record(item: dict[str, Any]) -> bytes:
    """The data of one record; ApiError when it is too large."""
    try:
        data = base64.b64decode(item.get("Data") or "", validate=True)
    except (binascii.Error, ValueError):
        raise ApiError("SerializationException", "Record.Data is not base64.") from None
    if len(data) > RECORD_BYTES:
        raise ApiError(
            "ValidationException",
            "1 validation error detected: Value at 'record.data' failed to satisfy constraint: Member must have length "
            f"less than or equal to {RECORD_BYTES}; it has {len(data)}",
        )
    return data

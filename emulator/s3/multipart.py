"""CompleteMultipartUpload refuses a list that is empty or out of order, and parts below 5 MiB but the last one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from ministack.services import s3

from emulator import hooks

SMALLEST_PART = 5 * 1024 * 1024

Answer = Any
Listed = list[tuple[int, str]]
"""Number and ETag of each part that the completion names."""


def _complete(theirs: Callable[..., Answer]) -> Callable[..., Answer]:
    def complete(bucket: str, key: str, body: bytes, query: dict[str, Any], headers: Any = None) -> Answer:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if upload is not None and (upload["bucket"], upload["key"]) == (bucket, key):
            refused = _refuse(upload["parts"], body, f"/{bucket}/{key}")
            if refused is not None:
                return refused
        return theirs(bucket, key, body, query, headers)

    return complete


def _refuse(stored: dict[int, dict[str, Any]], body: bytes, resource: str) -> Answer:
    listed = _listed(body)
    if not listed:
        return s3._error("MalformedXML", s3._MALFORMED_XML, 400, resource)
    numbers = [number for number, _ in listed]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        message = "The list of parts was not in ascending order. Parts must be ordered by part number."
        return s3._error("InvalidPartOrder", message, 400, resource)
    if any(number not in stored or stored[number]["etag"].strip('"') != etag for number, etag in listed):
        return None  # MiniStack answers InvalidPart, which comes before the size
    for number, etag in listed[:-1]:
        size = stored[number]["size"]
        if size < SMALLEST_PART:
            message = "Your proposed upload is smaller than the minimum allowed size"
            details = {"ProposedSize": size, "MinSizeAllowed": SMALLEST_PART, "PartNumber": number, "ETag": etag}
            extra = {name: str(value) for name, value in details.items()}
            return s3._error("EntityTooSmall", message, 400, resource, extra=extra)
    return None


def _listed(body: bytes) -> Listed | None:
    """None when this is not a list of parts that have a number and an ETag."""
    try:
        parts = [_fields(part) for part in fromstring(body) if _name(part) == "Part"]
        return [(int(part["PartNumber"]), part["ETag"].strip('"')) for part in parts]
    except (ParseError, KeyError, ValueError):
        return None


def _fields(part: Element) -> dict[str, str]:
    return {_name(field): field.text or "" for field in part}


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def install() -> None:
    hooks.replace(s3, "_complete_multipart_upload", _complete)

"""Requests that S3 refuses and MiniStack accepts: long keys, tags, large pages and deletions, bad completions.

Keys, values and characters of tags: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, ParseError, fromstring

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around, error

MAX_KEY_BYTES = 1024
MAX_ROWS = 1000
"""Rows of a page, and keys of DeleteObjects."""
PAGE_SIZES = ("max-keys", "max-parts", "max-uploads")
MAX_INTEGER = 2**31 - 1
MIN_PART_BYTES = 5 * 1024 * 1024
TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")
"""Letters and digits of any script, white space, and these."""


def _check(request: Request, proceed: Callable[[], Answer]) -> Answer:
    for refuse in (_long_key, _page_size, _deletions, _completion, _tags):
        if answer := refuse(request):
            return answer
    return proceed()


def _long_key(request: Request) -> Answer | None:
    size = len(request.key.encode("utf-8", "surrogateescape"))
    if size <= MAX_KEY_BYTES:
        return None
    return error("KeyTooLongError", "Your key is too long", request, Size=size, MaxSizeAllowed=MAX_KEY_BYTES)


def _page_size(request: Request) -> Answer | None:
    """A page never has more than 1,000 rows, whatever is asked for."""
    for name in PAGE_SIZES:
        if name not in request.query:
            continue
        text = s3._qp(request.query, name)
        if not text.isdecimal() or int(text) > MAX_INTEGER:
            message = f"Argument {name} must be an integer between 0 and {MAX_INTEGER}"
            return error("InvalidArgument", message, request, ArgumentName=name, ArgumentValue=text)
        request.query = {**request.query, name: [str(min(int(text), MAX_ROWS))]}
    return None


def _deletions(request: Request) -> Answer | None:
    if request.method != "POST" or request.key or "delete" not in request.query:
        return None
    try:
        keys = [item for item in fromstring(request.body) if item.tag.endswith("Object")]
    except ParseError:
        return None  # MiniStack's answer
    return None if 1 <= len(keys) <= MAX_ROWS else error("MalformedXML", s3._MALFORMED_XML, request)


def _completion(request: Request) -> Answer | None:
    """CompleteMultipartUpload refuses an empty or unordered list, and parts below 5 MiB but the last one."""
    upload = s3._multipart_uploads.get(s3._qp(request.query, "uploadId"))
    if request.method != "POST" or upload is None or (upload["bucket"], upload["key"]) != (request.bucket, request.key):
        return None
    try:
        found = [{_name(field): field.text or "" for field in part} for part in fromstring(request.body)]
        parts = [(int(part["PartNumber"]), part["ETag"].strip('"')) for part in found if part]
    except (ParseError, KeyError, ValueError):
        parts = []
    if not parts:
        return error("MalformedXML", s3._MALFORMED_XML, request)
    if any(later[0] <= earlier[0] for earlier, later in pairwise(parts)):
        message = "The list of parts was not in ascending order. Parts must be ordered by part number."
        return error("InvalidPartOrder", message, request)
    stored = upload["parts"]
    if any(number not in stored or stored[number]["etag"].strip('"') != etag for number, etag in parts):
        return None  # MiniStack answers InvalidPart, which comes before the size
    for number, etag in parts[:-1]:
        size = stored[number]["size"]
        if size < MIN_PART_BYTES:
            message = "Your proposed upload is smaller than the minimum allowed size"
            details = {"ProposedSize": size, "MinSizeAllowed": MIN_PART_BYTES, "PartNumber": number, "ETag": etag}
            return error("EntityTooSmall", message, request, **details)
    return None


def _name(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _tags(request: Request) -> Answer | None:
    """Objects have the same limits of tags as buckets, which are the only ones that MiniStack checks."""
    tags = dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True))
    if request.method == "PUT" and "tagging" in request.query:
        try:
            tags |= s3._parse_tags_xml(request.body)
        except ParseError:
            return None  # MiniStack's answer
    refused: Answer | None = s3._validate_bucket_tags(tags)
    if refused is not None:
        return refused
    for part, texts in (("Key", tags.keys()), ("Value", tags.values())):
        if not all(map(TAG_CHARACTERS.fullmatch, texts)):
            return error("InvalidTag", f"The Tag{part} you have provided is invalid", request)
    return None


def install() -> None:
    around(_check)
    for name in ("_validate_bucket_tags", "_parse_tags_xml", "_multipart_uploads"):
        hooks.original(s3, name)

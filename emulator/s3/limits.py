"""Limits of S3 that MiniStack does not check: keys, deletions and tags.

Tags: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl
from xml.etree.ElementTree import ParseError, fromstring

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around, error

MAX_KEY_BYTES = 1024
MAX_DELETIONS = 1000
TAG_CHARACTERS = re.compile(r"[\w\s.:/=+\-@]*")


def _check(request: Request, proceed: Callable[[], Answer]) -> Answer:
    for check in (_long_key, _deletions, _tags):
        if answer := check(request):
            return answer
    return proceed()


def _long_key(request: Request) -> Answer | None:
    size = len(request.key.encode("utf-8", "surrogateescape"))
    if size <= MAX_KEY_BYTES:
        return None
    return error("KeyTooLongError", "Your key is too long", request, Size=size, MaxSizeAllowed=MAX_KEY_BYTES)


def _deletions(request: Request) -> Answer | None:
    if request.method != "POST" or request.key or "delete" not in request.query:
        return None
    try:
        keys = [item for item in fromstring(request.body) if item.tag.endswith("Object")]
    except ParseError:
        return None  # MiniStack's answer
    return None if 1 <= len(keys) <= MAX_DELETIONS else error("MalformedXML", s3._MALFORMED_XML, request)


def _tags(request: Request) -> Answer | None:
    """Tags of objects have the same limits as tags of buckets; MiniStack checks only the latter."""
    tags = dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True))
    if request.method == "PUT" and "tagging" in request.query:
        try:
            tags |= s3._parse_tags_xml(request.body)
        except ParseError:
            return None  # MiniStack's answer
    rejected: Answer | None = s3._validate_bucket_tags(tags)
    if rejected is not None:
        return rejected
    for part, texts in (("Key", tags.keys()), ("Value", tags.values())):
        if not all(map(TAG_CHARACTERS.fullmatch, texts)):
            return error("InvalidTag", f"The Tag{part} you have provided is invalid", request)
    return None


def install() -> None:
    around(_check)
    hooks.require(s3, "_validate_bucket_tags _parse_tags_xml")

"""S3 refuses the same tags for objects as for buckets, which MiniStack checks for buckets only.

Keys, values and characters: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl
from xml.etree.ElementTree import ParseError

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around, error

ALLOWED = re.compile(r"[\w\s.:/=+\-@]*")
"""Letters and digits of any script, white space, and these."""


def _check(request: Request, proceed: Callable[[], Answer]) -> Answer:
    tags = _given(request)
    refused: Answer | None = s3._validate_bucket_tags(tags) or _characters(tags, request)
    return refused or proceed()


def _given(request: Request) -> Mapping[str, str]:
    """Tags of the header or of the body; none when the body is no list of them, which MiniStack answers."""
    tags = dict(parse_qsl(request.headers.get("x-amz-tagging", ""), keep_blank_values=True))
    if request.method == "PUT" and "tagging" in request.query:
        try:
            tags |= s3._parse_tags_xml(request.body)
        except ParseError:
            return {}
    return tags


def _characters(tags: Mapping[str, str], request: Request) -> Answer | None:
    for tag in tags.items():
        for part, text in zip(("Key", "Value"), tag, strict=True):
            if not ALLOWED.fullmatch(text):
                return error("InvalidTag", f"The Tag{part} you have provided is invalid", request)
    return None


def install() -> None:
    around(_check)
    for name in ("_validate_bucket_tags", "_parse_tags_xml"):
        hooks.original(s3, name)

"""How long a key, how large a page and how many deletions S3 takes in one request."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import ParseError, fromstring

from ministack.services import s3

from emulator.s3.dispatch import Answer, Request, around, error

KEY_BYTES = 1024
MOST_ROWS = 1000
"""Rows of a page, and keys of DeleteObjects."""
PAGE_SIZES = ("max-keys", "max-parts", "max-uploads")
LARGEST_INTEGER = 2**31 - 1


def _check(request: Request, proceed: Callable[[], Answer]) -> Answer:
    return _long_key(request) or _page_size(request) or _deletions(request) or proceed()


def _long_key(request: Request) -> Answer | None:
    size = len(request.key.encode("utf-8", "surrogateescape"))
    if size <= KEY_BYTES:
        return None
    return error("KeyTooLongError", "Your key is too long", request, Size=str(size), MaxSizeAllowed=str(KEY_BYTES))


def _page_size(request: Request) -> Answer | None:
    """A page never has more than 1,000 rows, whatever is asked for."""
    for name in PAGE_SIZES:
        if name not in request.query:
            continue
        text = s3._qp(request.query, name)
        if not text.isdecimal() or int(text) > LARGEST_INTEGER:
            message = f"Argument {name} must be an integer between 0 and {LARGEST_INTEGER}"
            return error("InvalidArgument", message, request, ArgumentName=name, ArgumentValue=text)
        request.query = {**request.query, name: [str(min(int(text), MOST_ROWS))]}
    return None


def _deletions(request: Request) -> Answer | None:
    if request.method != "POST" or request.key or "delete" not in request.query:
        return None
    try:
        keys = [item for item in fromstring(request.body) if item.tag.endswith("Object")]
    except ParseError:
        return None  # MiniStack's answer
    return None if 1 <= len(keys) <= MOST_ROWS else error("MalformedXML", s3._MALFORMED_XML, request)


def install() -> None:
    around(_check)

"""Lists of versions and uploads with URL-encoded keys, and their paging while keys are deleted.

XML converts a carriage return in a key to a line feed, and cannot contain most control characters: with keys that are
not encoded, a client deletes other keys and cannot empty the bucket.
"""

import contextvars
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus
from xml.etree.ElementTree import Element, SubElement

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around

ENCODED = {"Delimiter", "Key", "KeyMarker", "NextKeyMarker", "Prefix"}

_encodes: contextvars.ContextVar[bool] = contextvars.ContextVar("encodes", default=False)
_key_marker: contextvars.ContextVar[str | None] = contextvars.ContextVar("key_marker", default=None)


def _list(request: Request, proceed: Callable[[], Answer]) -> Answer:
    query = request.query
    if request.method != "GET" or request.key or not {"versions", "uploads"} & query.keys():
        return proceed()
    key, marker = s3._qp(query, "key-marker"), s3._qp(query, "version-id-marker")
    versions = s3._object_versions.get((request.bucket, key), [])
    tokens: list[tuple[contextvars.ContextVar[Any], contextvars.Token[Any]]] = []
    tokens.append((_encodes, _encodes.set(s3._qp(query, "encoding-type", "") == "url")))
    if marker and all(version["version_id"] != marker for version in versions):
        # When a page starts after the version "null", MiniStack lists a key without a history again. When the version
        # before the page is deleted, it skips the key's versions.
        request.query = {name: value for name, value in query.items() if name != "version-id-marker"}
        if versions:
            request.query["key-marker"] = [_before(key)]
            tokens.append((_key_marker, _key_marker.set(key)))
    try:
        return proceed()
    finally:
        for variable, token in tokens:
            variable.reset(token)


def _before(key: str) -> str:
    """A text after all keys that S3 lists before `key`; "" for the first key."""
    last = ord(key[-1]) - 1
    return key[:-1] + (chr(0xD7FF if 0xD800 <= last <= 0xDFFF else last) + "\U0010ffff" if last >= 0 else "")


def _xml_body(theirs: Callable[[Element], bytes], root: Element) -> bytes:
    if root.tag.startswith("List"):
        if (marker := _key_marker.get()) is not None and (shown := root.find("KeyMarker")) is not None:
            shown.text = marker
        if _encodes.get():
            SubElement(root, "EncodingType").text = "url"
            for element in root.iter():
                if element.tag in ENCODED and element.text:
                    element.text = quote_plus(element.text, safe="/")
    return theirs(root)


def install() -> None:
    around(_list)
    hooks.require(s3, "_object_versions")
    hooks.wrap(s3, "_xml_body", _xml_body)

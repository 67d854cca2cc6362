"""S3 lists versions and uploads with encoded keys when asked to, as it lists objects.

XML turns a carriage return in a key into a line feed, and cannot express most control characters: a client that
deletes what a plain listing shows would delete another key, succeed, and never get the bucket empty.
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
        # MiniStack lists a key without a history again when a page begins after its one version, "null", and none of a
        # key's versions when the one before the page has been deleted, as who deletes page by page does.
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
    """A text before `key`, after all keys that S3 lists before it; "" for the first of all."""
    last = ord(key[-1]) - 1
    return key[:-1] + (chr(0xD7FF if 0xD800 <= last <= 0xDFFF else last) + "\U0010ffff" if last >= 0 else "")


def _encode(make_body: Callable[[Element], bytes]) -> Callable[[Element], bytes]:
    def make_encoded_body(root: Element) -> bytes:
        if root.tag.startswith("List"):
            if (marker := _key_marker.get()) is not None and (shown := root.find("KeyMarker")) is not None:
                shown.text = marker
            if _encodes.get():
                SubElement(root, "EncodingType").text = "url"
                for element in root.iter():
                    if element.tag in ENCODED and element.text:
                        element.text = quote_plus(element.text, safe="/")
        return make_body(root)

    return make_encoded_body


def install() -> None:
    around(_list)
    hooks.require(s3, "_object_versions")
    hooks.replace(s3, "_xml_body", _encode)

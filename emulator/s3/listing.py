"""S3 lists versions and uploads with encoded keys when asked to, as it lists objects.

XML turns a carriage return in a key into a line feed, and has no way to write most control characters: a client that
deletes what a plain listing shows would delete another key, be told that all went well, and never get the bucket empty.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus
from xml.etree.ElementTree import Element, SubElement

from ministack.services import s3

from emulator import hooks

ENCODED = {"Delimiter", "Key", "KeyMarker", "NextKeyMarker", "Prefix"}

_encodes: contextvars.ContextVar[bool] = contextvars.ContextVar("encodes", default=False)


def _list_encoded(list_them: Callable[..., Any]) -> Callable[..., Any]:
    def list_page(bucket_name: str, query: dict[str, Any]) -> Any:
        token = _encodes.set(s3._qp(query, "encoding-type", "") == "url")
        try:
            return list_them(bucket_name, query)
        finally:
            _encodes.reset(token)

    return list_page


def _after_its_only_version(list_them: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack lists a key without a history again when a page begins after its one version, "null"."""

    def list_page(bucket_name: str, query: dict[str, Any]) -> Any:
        if not s3._object_versions.get((bucket_name, s3._qp(query, "key-marker"))):
            query = {name: value for name, value in query.items() if name != "version-id-marker"}
        return list_them(bucket_name, query)

    return list_page


def _encode(make_body: Callable[[Element], bytes]) -> Callable[[Element], bytes]:
    def make_encoded_body(root: Element) -> bytes:
        if _encodes.get() and root.tag.startswith("List"):
            SubElement(root, "EncodingType").text = "url"
            for element in root.iter():
                if element.tag in ENCODED and element.text:
                    element.text = quote_plus(element.text, safe="/")
        return make_body(root)

    return make_encoded_body


def install() -> None:
    hooks.replace(s3, "_list_object_versions", _after_its_only_version)
    hooks.replace(s3, "_list_object_versions", _list_encoded)
    hooks.original(s3, "_object_versions")
    hooks.replace(s3, "_list_multipart_uploads", _list_encoded)
    hooks.replace(s3, "_xml_body", _encode)

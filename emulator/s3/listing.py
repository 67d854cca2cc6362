"""S3 lists versions and uploads with encoded keys when asked to, as it lists objects.

XML turns a carriage return in a key into a line feed, and cannot express most control characters: a client that
deletes what a plain listing shows would delete another key, succeed, and never get the bucket empty.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from urllib.parse import quote_plus
from xml.etree.ElementTree import Element, SubElement

from ministack.services import s3

from emulator import hooks
from emulator.s3.dispatch import Answer, Request, around

ENCODED = {"Delimiter", "Key", "KeyMarker", "NextKeyMarker", "Prefix"}

_encodes: contextvars.ContextVar[bool] = contextvars.ContextVar("encodes", default=False)


def _list(request: Request, proceed: Callable[[], Answer]) -> Answer:
    query = request.query
    if request.method != "GET" or request.key or not {"versions", "uploads"} & query.keys():
        return proceed()
    if not s3._object_versions.get((request.bucket, s3._qp(query, "key-marker"))):
        # MiniStack lists a key without a history again when a page begins after its one version, "null".
        request.query = {name: value for name, value in query.items() if name != "version-id-marker"}
    token = _encodes.set(s3._qp(query, "encoding-type", "") == "url")
    try:
        return proceed()
    finally:
        _encodes.reset(token)


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
    around(_list)
    hooks.original(s3, "_object_versions")
    hooks.replace(s3, "_xml_body", _encode)

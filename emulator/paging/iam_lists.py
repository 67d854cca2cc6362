"""The lists of IAM: Marker, MaxItems and IsTruncated around the members of an XML answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import botocore.session
from ministack.services import iam

from emulator import hooks
from emulator.paging.page import InvalidToken, page

Params = dict[str, Any]
Handler = Callable[[Params], Any]

NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
DEFAULT_ITEMS, MOST_ITEMS = 100, 1000
IDENTIFYING = ("Name", "Arn", "Id", "Key", "SerialNumber")
"""Ends of the names of the fields that tell the members of a list apart."""


def _identity(member: Element) -> str:
    if not len(member):
        return member.text or ""
    return "\n".join(field.text or "" for field in member if field.tag.endswith(IDENTIFYING))


def _paged(listed: str) -> Callable[[Handler], Handler]:
    def wrap(theirs: Handler) -> Handler:
        def handle(params: Params) -> Any:
            size = int(iam._p(params, "MaxItems") or DEFAULT_ITEMS)
            if not 1 <= size <= MOST_ITEMS:
                message = (
                    f"1 validation error detected: Value '{size}' at 'maxItems' failed to satisfy constraint: "
                    f"Member must have value between 1 and {MOST_ITEMS}"
                )
                return _error("ValidationError", message)
            status, headers, body = theirs(params)
            if status != 200:
                return status, headers, body
            try:
                return status, headers, _cut(body, listed, iam._p(params, "Marker"), size)
            except InvalidToken as marker:
                return _error("ValidationError", f"Marker {marker} is not valid.")

        return handle

    return wrap


def _error(code: str, message: str) -> Any:
    return iam._error(400, code, message, ns="iam")


def _cut(body: bytes, listed: str, marker: str, size: int) -> bytes:
    """The answer with one page of the members of its element `listed`."""
    root = ElementTree.fromstring(body)
    result = root[0]
    members = result.find(f"{{{NAMESPACE}}}{listed}")
    if members is None:
        return body
    members[:], following = page(list(members), _identity, marker, size)
    _set(result, "IsTruncated", "true" if following else "false")
    if following:
        _set(result, "Marker", following)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _set(result: Element, name: str, text: str) -> None:
    tag = f"{{{NAMESPACE}}}{name}"
    found = result.find(tag)
    (SubElement(result, tag) if found is None else found).text = text


def install() -> None:
    ElementTree.register_namespace("", NAMESPACE)
    handlers = hooks.original(iam, "_IAM_HANDLERS")
    paginators = botocore.session.get_session().get_paginator_model("iam")
    for name in [name for name in handlers if name.startswith(("List", "Get"))]:
        try:
            listed = paginators.get_paginator(name)["result_key"]
        except ValueError:
            continue
        if isinstance(listed, str):
            handlers[name] = _paged(listed)(handlers[name])

"""Events of S3 in AWS's shape: with the object's version, without a member of MiniStack's own."""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, s3

from emulator import hooks

_version: contextvars.ContextVar[str | None] = contextvars.ContextVar("version", default=None)


def _note_version(fire: Callable[..., None]) -> Callable[..., None]:
    def fire_event(*arguments: Any, **options: Any) -> None:
        token = _version.set(options.get("version_id"))
        try:
            fire(*arguments, **options)
        finally:
            _version.reset(token)

    return fire_event


def _reshape(dispatch: Callable[..., None]) -> Callable[..., None]:
    def dispatch_event(event: dict[str, Any], view: Any = None) -> None:
        if event.get("Source") == "aws.s3" and view is None:
            detail = json.loads(event["Detail"])
            detail.pop("event-version", None)
            if _version.get():
                detail["object"]["version-id"] = _version.get()
            event = {**event, "Detail": json.dumps(detail)}
        dispatch(event, view)

    return dispatch_event


def install() -> None:
    hooks.replace(s3, "_fire_s3_event", _note_version)
    hooks.replace(eventbridge, "_dispatch_event", _reshape)

"""Requests over loopback count as TLS, so that TLS-only policies hold here as they do on AWS.

Bucket policies deny `aws:SecureTransport=false`. The emulator speaks plain HTTP on 127.0.0.1, where nobody listens
in. A request that says `X-Forwarded-Proto: http` counts as plain all the same: that is how a test shows the denial.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import ministack.app as app
from ministack.core import iam_evaluator

from emulator import hooks

LOOPBACK = ("127.0.0.1", "::1")

_says_plain: contextvars.ContextVar[bool] = contextvars.ContextVar("says_plain", default=False)


def _note_forwarded_proto(serve: Callable[..., Any]) -> Callable[..., Any]:
    async def serve_noting(scope: dict[str, Any], receive: Any, send: Any) -> None:
        headers = dict(scope.get("headers") or [])
        _says_plain.set(headers.get(b"x-forwarded-proto", b"").strip().lower() == b"http")
        await serve(scope, receive, send)

    return serve_noting


def _trust_loopback(pin: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    def pin_origin(source_ip: str, secure: bool) -> None:
        pin(source_ip, secure or (source_ip in LOOPBACK and not _says_plain.get()))

    return pin_origin


def install() -> None:
    hooks.replace(app, "app", _note_forwarded_proto)
    hooks.replace(app, "pin_request_origin", _trust_loopback)
    # Threads that belong to no request (schedules, deliveries) act inside AWS, which is always TLS.
    hooks.original(iam_evaluator, "_request_origin")
    iam_evaluator._request_origin = contextvars.ContextVar("ministack_request_origin", default=("127.0.0.1", True))

"""Only programs on this machine are served: a web page that is open in a browser must not reach the local AWS.

A page can send requests to 127.0.0.1, and the credentials are known to everyone. What gives it away: a Host that is
not this server's (a name of its own that resolves to 127.0.0.1), an Origin, or a Sec-Fetch-Site, which browsers set on
everything that a page asks for. No AWS client sends the last two. "none" is a URL that the user opened, for example a
presigned one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import ministack.app as app
from ministack.core import iam_actions, router

from emulator import hooks

HEALTH = "/_ministack/health"


def _names() -> tuple[str, str]:
    """The Hosts that are served. Clients given an IP address put an S3 bucket into the path, so no others occur."""
    port = app._resolve_port()
    return f"127.0.0.1:{port}", f"localhost:{port}"


def _objection(path: str, headers: Mapping[str, str]) -> str | None:
    """Why the request is not served; None when its signature is checked next."""
    host, names = headers.get("host", ""), _names()
    if host not in names:
        return f"The local AWS does not serve the host {host!r}. Use the endpoint http://{names[0]}."
    if (origin := headers.get("origin")) is not None:
        return f"The local AWS does not serve web pages, and this request has the Origin {origin!r}."
    if (site := headers.get("sec-fetch-site", "none")) != "none":
        return f"The local AWS does not serve web pages, and this request has the Sec-Fetch-Site {site!r}."
    if path.startswith("/_") and path != HEALTH:
        return f"The local AWS does not support {path}: only the operations of AWS and {HEALTH}."
    return None


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    """Those with the same name as one, the values separated by commas (RFC 9110): none hides behind another."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _refuse_others(serve: Callable[..., Any]) -> Callable[..., Any]:
    async def serve_own(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":  # nothing of ours uses one
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http":
            headers = _headers(scope)
            message = _objection(scope["path"], headers)
            if message is not None:
                await _refuse(scope, headers, send, message)
                return
        await serve(scope, receive, send)

    return serve_own


async def _refuse(scope: dict[str, Any], headers: dict[str, str], send: Any, message: str) -> None:
    method, query = scope["method"], parse_qs(scope.get("query_string", b"").decode("latin-1"))
    service = router.detect_service(method, scope["path"], headers, query)
    status, answered, body = iam_actions.access_denied_response(
        service, "", "", str(uuid4()), error_code="AccessDenied", message=message, headers=headers
    )
    await app._send_response(send, status, answered, body, head=method == "HEAD")


def install() -> None:
    hooks.replace(app, "app", _refuse_others)
    for name in ("_resolve_port", "_send_response"):
        hooks.original(app, name)

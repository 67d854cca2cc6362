"""Authentication: only requests of local programs with a valid SigV4 signature are served.

MiniStack accepts root's key, an empty key and any account id without a signature, and serves some paths without
authentication. Here root's access key is "test" with the secret "test", and unsigned requests are rejected, also
requests that AWS serves (public objects, function URLs, identity provider tokens, presigned URLs).

A web page in a browser can send requests to 127.0.0.1, and the credentials are public. Such requests have a different
Host (a domain name that resolves to 127.0.0.1), an Origin, or a Sec-Fetch-Site header. AWS clients send neither of the
last two.

Bucket policies deny `aws:SecureTransport=false`. The emulator uses HTTP on the loopback interface, which counts as TLS.
A request with `X-Forwarded-Proto: http` counts as unencrypted, so that tests can prove the denial.
"""

import contextvars
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import ministack.app as app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.core.responses import get_account_id
from ministack.services import s3

from emulator import hooks

HEALTH = "/_ministack/health"
ROOT_KEY = "test"
UNHASHED_PAYLOADS = (
    "UNSIGNED-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
)
"""Values of x-amz-content-sha256 other than a hash. MiniStack verifies the signatures of chunks."""

AuthError = iam_evaluator.AuthError
_is_unencrypted: contextvars.ContextVar[bool] = contextvars.ContextVar("is_unencrypted", default=False)


def _rejection(path: str, query: bytes, headers: Mapping[str, str]) -> str | None:
    """Why the request is rejected before its signature is checked."""
    # With an IP address as endpoint, clients put the bucket into the path, not into the Host.
    host, names = headers.get("host", ""), [f"{name}:{app._resolve_port()}" for name in ("127.0.0.1", "localhost")]
    if host not in names:
        return f"The local AWS does not serve the host {host!r}. Use the endpoint http://{names[0]}."
    for name in ("Origin", "Sec-Fetch-Site"):
        if (sent := headers.get(name.lower())) is not None:
            return f"The local AWS does not serve web pages, and this request has the {name} {sent!r}."
    if path.startswith("/_") and path != HEALTH:
        return f"The local AWS does not support {path}: only the operations of AWS and {HEALTH}."
    if b"Signature=" in query:
        return "The local AWS does not support presigned URLs: sign the headers."
    return None


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    """The headers; repeated headers are joined with commas (RFC 9110), so that no value is ignored."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _serve_local(serve: Callable[..., Any], scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":  # not used
        await send({"type": "websocket.close", "code": 1008})
    elif scope["type"] != "http":
        await serve(scope, receive, send)
    else:
        headers = _headers(scope)
        _is_unencrypted.set(headers.get("x-forwarded-proto", "").strip().lower() == "http")
        if message := _rejection(scope["path"], scope["query_string"], headers):
            await _reject(scope, headers, send, message)
        else:
            await serve(scope, receive, send)


async def _reject(scope: dict[str, Any], headers: dict[str, str], send: Any, message: str) -> None:
    method, query = scope["method"], parse_qs(scope.get("query_string", b"").decode("latin-1"))
    service = router.detect_service(method, scope["path"], headers, query)
    status, answered, body = iam_actions.access_denied_response(
        service, "", "", str(uuid4()), error_code="AccessDenied", message=message, headers=headers
    )
    await app._send_response(send, status, answered, body, head=method == "HEAD")


def _pin_origin(pin: Callable[[str, bool], None], source_ip: str, secure: bool) -> None:
    pin(source_ip, secure or (source_ip in ("127.0.0.1", "::1") and not _is_unencrypted.get()))


async def _authenticate(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Any:
    """The error response, or None when the signature is valid."""
    service = router.detect_service(method, path, headers, app._routing_params(method, path, headers, body, query))
    request = iam_evaluator._signed_request.get()
    if request is None:
        failure = AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
    elif request.sigv2:
        failure = AuthError("UnsupportedSignature", "Only AWS4-HMAC-SHA256 is supported.")
    else:
        failure = iam_evaluator.authenticate(request.access_key_id, get_account_id())
        if not isinstance(failure, AuthError):
            if service == "s3":
                return _payload_error(request.headers, request.body, path)
            failure = _unsigned_body(request.headers, request.body)
    return None if failure is None else app._credential_failure(service, "", request_id, failure, headers)


def _payload_error(headers: Mapping[str, str], body: bytes, path: str) -> Any:
    """In S3 the header with the body's hash is signed; S3 compares it with the body."""
    declared = headers.get("x-amz-content-sha256")
    if declared is None:
        return s3._error("InvalidRequest", "Missing required header for this request: x-amz-content-sha256", 400, path)
    if declared in UNHASHED_PAYLOADS:
        return None
    if not re.fullmatch("[0-9a-f]{64}", declared):
        allowed = ", ".join(UNHASHED_PAYLOADS)
        return s3._error("InvalidArgument", f"x-amz-content-sha256 must be {allowed}, or a valid sha256 value.", 400)
    computed = hashlib.sha256(body).hexdigest()
    if declared == computed:
        return None
    message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    hashes = {"ClientComputedContentSHA256": declared, "S3ComputedContentSHA256": computed}
    return s3._error("XAmzContentSHA256Mismatch", message, 400, path, extra=hashes)


def _unsigned_body(headers: Mapping[str, str], body: bytes) -> Any:
    """In other services the body's hash is signed, independent of the header."""
    declared = headers.get("x-amz-content-sha256")
    if declared in (None, hashlib.sha256(body).hexdigest()):
        return None
    return AuthError("SignatureDoesNotMatch", "The body is not the one that x-amz-content-sha256 was signed for.")


async def _before_body(_: Any, method: str, path: str, headers: Any, query: Any, request_id: str) -> Any:
    return app._handle_health_request(path, request_id) if path == HEALTH else None


def install() -> None:
    hooks.wrap(app, "app", _serve_local)
    hooks.wrap(app, "pin_request_origin", _pin_origin)
    # Threads without a request (schedules, deliveries) represent calls inside AWS, which use TLS.
    origin = contextvars.ContextVar("ministack_request_origin", default=("127.0.0.1", True))
    hooks.replace(iam_evaluator, "_request_origin", lambda _: origin)
    hooks.replace(iam_evaluator, "is_root_access_key", lambda _: lambda key: key == ROOT_KEY)
    hooks.replace(iam_evaluator, "_is_root_key", lambda _: lambda key: False)  # MiniStack would skip its signature
    hooks.wrap(app, "_handle_pre_body_request", _before_body)
    hooks.replace(app, "_handle_post_body_shortcuts", lambda _: _authenticate)
    hooks.require(app, "_routing_params _credential_failure _handle_health_request _resolve_port _send_response")
    hooks.require(iam_evaluator, "_signed_request")

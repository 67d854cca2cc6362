"""Who is served: programs on this machine whose requests carry a SigV4 signature, the root's too, that is verified.

MiniStack takes root's key, an empty one and any account id as proof, checks signatures where it checks permissions,
and answers some paths without either. Here the one key of root is "test" with the secret "test", and what is not
signed or not verified runs nothing. What AWS serves unsigned (public objects, function URLs, tokens of identity
providers) or to presigned URLs is not served: no pipeline has it.

A web page that is open in a browser can send requests to 127.0.0.1, and the credentials are public. Such a request has
a Host that is not this server's (a name of its own that resolves to 127.0.0.1), an Origin, or a Sec-Fetch-Site, which
browsers set on every request. No AWS client sends the last two.

Bucket policies deny `aws:SecureTransport=false`. The emulator speaks plain HTTP on 127.0.0.1, which other machines
cannot read, so that loopback counts as TLS. A request with `X-Forwarded-Proto: http` counts as plain: that is how a
test shows the denial.
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
"""What S3 takes in x-amz-content-sha256 in place of a hash. MiniStack verifies the signatures of signed chunks."""

AuthError = iam_evaluator.AuthError
_says_plain: contextvars.ContextVar[bool] = contextvars.ContextVar("says_plain", default=False)


def _refusal(path: str, query: bytes, headers: Mapping[str, str]) -> str | None:
    """Why the request is not served; None when its signature is checked next."""
    # Clients given an IP address put an S3 bucket into the path, so no other Hosts occur.
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
    """Those with the same name as one, the values separated by commas (RFC 9110): none hides behind another."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _local_only(serve: Callable[..., Any]) -> Callable[..., Any]:
    async def serve_local(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":  # nothing of ours uses one
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await serve(scope, receive, send)
        else:
            headers = _headers(scope)
            _says_plain.set(headers.get("x-forwarded-proto", "").strip().lower() == "http")
            if message := _refusal(scope["path"], scope["query_string"], headers):
                await _refuse(scope, headers, send, message)
            else:
                await serve(scope, receive, send)

    return serve_local


async def _refuse(scope: dict[str, Any], headers: dict[str, str], send: Any, message: str) -> None:
    method, query = scope["method"], parse_qs(scope.get("query_string", b"").decode("latin-1"))
    service = router.detect_service(method, scope["path"], headers, query)
    status, answered, body = iam_actions.access_denied_response(
        service, "", "", str(uuid4()), error_code="AccessDenied", message=message, headers=headers
    )
    await app._send_response(send, status, answered, body, head=method == "HEAD")


def _loopback_is_secure(pin: Callable[[str, bool], None]) -> Callable[[str, bool], None]:
    def pin_origin(source_ip: str, secure: bool) -> None:
        pin(source_ip, secure or (source_ip in ("127.0.0.1", "::1") and not _says_plain.get()))

    return pin_origin


async def _authenticate(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Any:
    """None for a request whose signature holds, otherwise the answer that refuses it."""
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
                return _refused_payload(request.headers, request.body, path)
            failure = _unsigned_body(request.headers, request.body)
    return None if failure is None else app._credential_failure(service, "", request_id, failure, headers)


def _refused_payload(headers: Mapping[str, str], body: bytes, path: str) -> Any:
    """S3 signs the hash that the header gives, and then compares it with the body's."""
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
    """The other services sign the body's own hash, whatever the header says."""
    declared = headers.get("x-amz-content-sha256")
    if declared in (None, hashlib.sha256(body).hexdigest()):
        return None
    return AuthError("SignatureDoesNotMatch", "The body is not the one that x-amz-content-sha256 was signed for.")


def _health_only(_: Callable[..., Any]) -> Callable[..., Any]:
    async def before_body(method: str, path: str, headers: Any, query: Any, request_id: str) -> Any:
        return app._handle_health_request(path, request_id) if path == HEALTH else None

    return before_body


def install() -> None:
    hooks.replace(app, "app", _local_only)
    hooks.replace(app, "pin_request_origin", _loopback_is_secure)
    # Threads that belong to no request (schedules, deliveries) act inside AWS, which is always TLS.
    origin = contextvars.ContextVar("ministack_request_origin", default=("127.0.0.1", True))
    hooks.replace(iam_evaluator, "_request_origin", lambda _: origin)
    hooks.replace(iam_evaluator, "is_root_access_key", lambda _: lambda key: key == ROOT_KEY)
    hooks.replace(iam_evaluator, "_is_root_key", lambda _: lambda key: False)  # whose signature is not verified
    hooks.replace(app, "_handle_pre_body_request", _health_only)
    hooks.replace(app, "_handle_post_body_shortcuts", lambda _: _authenticate)
    hooks.require(app, "_routing_params _credential_failure _handle_health_request _resolve_port _send_response")
    hooks.require(iam_evaluator, "_signed_request")

"""Every request carries a SigV4 signature that is verified before anything else happens, the root's too.

MiniStack takes root's key, an empty one and any account id as proof, checks signatures where it checks permissions,
and answers some paths without either. Here the one key of root is "test" with the secret "test", and what is not
signed or not verified runs nothing. What AWS serves unsigned (public objects, function URLs, tokens of identity
providers) is not served: no pipeline has it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import ministack.app as app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.core.router import detect_service
from ministack.services import s3

from emulator import hooks
from emulator.local_callers import HEALTH

ROOT_KEY = "test"
UNHASHED_PAYLOADS = (
    "UNSIGNED-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
)
"""What S3 takes in x-amz-content-sha256 in place of a hash. MiniStack verifies the signatures of signed chunks."""

AuthError = iam_evaluator.AuthError


async def _authenticate(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
) -> Any:
    """None for a request whose signature holds, otherwise the answer that refuses it."""
    service = detect_service(method, path, headers, app._routing_params(method, path, headers, body, query))
    request = iam_evaluator._signed_request.get()
    if request is None:
        failure = AuthError("MissingAuthenticationToken", "Request is missing Authentication Token")
    elif request.sigv2:
        failure = AuthError("UnsupportedSignature", "Only AWS4-HMAC-SHA256 is supported.")
    elif request.s3_scoped:
        failure = iam_evaluator._s3_scope_failure(service)
        if failure is None:
            return s3._verify_presigned_sigv4(method, path, headers, query)
    else:
        checked = iam_evaluator.authenticate(request.access_key_id, get_account_id())
        if not isinstance(checked, AuthError):
            if service == "s3":
                return _refused_payload(request.headers, request.body, path)
            failure = _unsigned_body(request.headers, request.body)
        else:
            failure = checked
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
    hooks.replace(iam_evaluator, "is_root_access_key", lambda _: lambda key: key == ROOT_KEY)
    hooks.replace(iam_evaluator, "_is_root_key", lambda _: lambda key: False)  # whose signature is not verified
    hooks.replace(app, "_handle_pre_body_request", _health_only)
    hooks.replace(app, "_handle_post_body_shortcuts", lambda _: _authenticate)
    for owner, name in (
        (app, "_routing_params"),
        (app, "_credential_failure"),
        (app, "_handle_health_request"),
        (iam_evaluator, "_signed_request"),
        (iam_evaluator, "_s3_scope_failure"),
        (s3, "_verify_presigned_sigv4"),
    ):
        hooks.original(owner, name)

"""Wrappers around MiniStack's S3 operations, which run after authentication and permission checks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ministack.services import s3

from emulator import hooks

Answer = tuple[int, dict[str, str], Any]


@dataclass
class Request:
    method: str
    bucket: str
    key: str
    headers: dict[str, str]
    body: bytes
    query: dict[str, Any]

    @property
    def copied(self) -> tuple[str, str] | None:
        """Bucket and key of the copied object."""
        source = self.headers.get("x-amz-copy-source")
        if source is None:
            return None
        bucket, _, key = unquote(source.partition("?")[0]).lstrip("/").partition("/")
        return bucket, key


def around(handle: Callable[[Request, Callable[[], Answer]], Answer]) -> None:
    """Let `handle(request, proceed)` serve every request; `proceed()` returns MiniStack's answer."""

    def dispatch(
        theirs: Callable[..., Answer], method: str, bucket: str, key: str, headers: Any, body: bytes, query: Any
    ) -> Answer:
        request = Request(method, bucket, key, headers, body, query)
        return handle(request, lambda: theirs(method, bucket, key, headers, body, request.query))

    hooks.wrap(s3, "_dispatch", dispatch)


def error(code: str, message: str, request: Request, status: int = 400, **details: object) -> Answer:
    """S3's error response, with the bucket and the key as resource."""
    resource = f"/{request.bucket}/{request.key}" if request.key else f"/{request.bucket}"
    extra = {name: str(value) for name, value in details.items()}
    answer: Answer = s3._error(code, message, status, resource, extra=extra)
    return answer

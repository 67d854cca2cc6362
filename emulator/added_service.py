"""A service of AWS that MiniStack does not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import ministack.app as app
from ministack.core import iam_actions, router
from ministack.core.concurrency import run_reentrant

from emulator import hooks

Response = tuple[int, dict[str, str], bytes]
Answer = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Response]


def add(service: str, answer: Answer) -> None:
    """Let `answer` serve the requests that are signed for `service`, once IAM allows them under the same name.

    `answer(method, path, headers, body, query)` may call the emulator itself.
    """

    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Response:
        waiting: Coroutine[Any, Any, Response] = run_reentrant(answer, method, path, headers, body, query)
        return await waiting

    hooks.original(app, "SERVICE_HANDLERS")[service] = handle
    hooks.original(router, "SERVICE_PATTERNS")[service] = {"host_patterns": [rf"{re.escape(service)}\."]}
    hooks.original(iam_actions, "SERVICE_TO_IAM_NAMESPACE")[service] = service
    hooks.original(iam_actions, "_BOTOCORE_SERVICE_MAP")[service] = [service]
    hooks.original(iam_actions, "_DENIED_CODES")[service] = "AccessDeniedException"

"""IAM's resource of a call about log streams: the stream, or all streams of a group, where MiniStack has the group.

A policy for `log-group:NAME:*`, which is how AWS documents them, would match nothing otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.services import cloudwatch_logs

from emulator import hooks

ABOUT_STREAMS = (
    "CreateLogStream",
    "DeleteLogStream",
    "DescribeLogStreams",
    "FilterLogEvents",
    "GetLogEvents",
    "PutLogEvents",
)


def _of_streams(theirs: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        if service == "logs" and headers.get("x-amz-target", "").rsplit(".", 1)[-1] in ABOUT_STREAMS:
            group, stream = (iam_actions._safe_json_field(body, name) for name in ("logGroupName", "logStreamName"))
            if group:
                arn = cloudwatch_logs._make_group_arn(group).removesuffix(":*")
                return f"{arn}:log-stream:{stream or ''}"
        return theirs(service, method, path, headers, body, *rest)

    return resource


def install() -> None:
    hooks.replace(iam_actions, "extract_resource_arn", _of_streams)

"""IAM checks calls about log streams with the ARN of the stream; MiniStack uses the ARN of the group.

Policies for `log-group:NAME:*`, as in AWS's documentation, would not match.
"""

from collections.abc import Mapping

from ministack.core import iam_actions
from ministack.services import cloudwatch_logs

from emulator import authorization
from emulator.json_protocol import action_of

ABOUT_STREAMS = (
    *("CreateLogStream", "DeleteLogStream", "DescribeLogStreams"),
    *("FilterLogEvents", "GetLogEvents", "PutLogEvents"),
)


def _resource(_method: str, _path: str, headers: Mapping[str, str], body: bytes) -> str | None:
    if action_of(headers) not in ABOUT_STREAMS:
        return None
    group, stream = (iam_actions._safe_json_field(body, name) for name in ("logGroupName", "logStreamName"))
    return f"{cloudwatch_logs._make_group_arn(group).removesuffix(':*')}:log-stream:{stream or ''}" if group else None


def install() -> None:
    authorization.RESOURCES["logs"] = _resource

"""A function's log, written as the function's role may: no role creates log groups it has no permission for."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import cloudwatch_logs

from emulator.authorization import AccessDenied, require

Json = dict[str, Any]


def write(config: Json, stream: str, request_id: str, lines: list[str], milliseconds: int, failed: bool) -> None:
    """Write what one invocation logged, between Lambda's own lines about it."""
    logging = config.get("LoggingConfig") or {}
    group_name = logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
    if not _may_write(config["Role"], group_name, stream):
        return
    now = int(time.time() * 1000)
    group = cloudwatch_logs._log_groups.get(group_name)
    if group is None:
        group = cloudwatch_logs._log_groups[group_name] = {
            "arn": cloudwatch_logs._make_group_arn(group_name),
            "creationTime": now,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    stored = group["streams"].setdefault(
        stream,
        {
            "events": [],
            "uploadSequenceToken": "1",
            "creationTime": now,
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
            "lastIngestionTime": None,
        },
    )
    first, last = _platform_lines(config, logging, request_id, milliseconds, failed)
    events = [{"timestamp": now, "ingestionTime": now, "message": line} for line in [*first, *lines, *last]]
    cloudwatch_logs._append_log_events(stored, events)
    cloudwatch_logs._fanout_to_subscription_filters(group_name, stream, events)


def _may_write(role_arn: str, group_name: str, stream: str) -> bool:
    arn = cloudwatch_logs._make_group_arn(group_name).removesuffix(":*")
    try:
        if group_name not in cloudwatch_logs._log_groups:
            require(role_arn, "logs:CreateLogGroup", f"{arn}:*")
        require(role_arn, "logs:CreateLogStream", f"{arn}:log-stream:{stream}")
        require(role_arn, "logs:PutLogEvents", f"{arn}:log-stream:{stream}")
    except AccessDenied:  # AWS loses the lines as silently
        return False
    return True


def _platform_lines(
    config: Json, logging: Json, request_id: str, milliseconds: int, failed: bool
) -> tuple[list[str], list[str]]:
    version, memory = config.get("Version", "$LATEST"), config.get("MemorySize", 128)
    if logging.get("LogFormat") != "JSON":
        return [f"START RequestId: {request_id} Version: {version}"], [
            f"END RequestId: {request_id}",
            f"REPORT RequestId: {request_id}\tDuration: {milliseconds} ms\tBilled Duration: {milliseconds} ms\t"
            f"Memory Size: {memory} MB",
        ]
    if logging.get("SystemLogLevel", "INFO") == "WARN":
        return [], []
    metrics = {"durationMs": milliseconds, "billedDurationMs": milliseconds, "memorySizeMB": memory}
    report = {"requestId": request_id, "metrics": metrics, "status": "error" if failed else "success"}
    return [_platform("platform.start", {"requestId": request_id, "version": version})], [
        _platform("platform.report", report)
    ]


def _platform(kind: str, record: Json) -> str:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return json.dumps({"time": now, "type": kind, "record": record})

"""Writes a function's log with the permissions of the function's role."""

import json
import time
from typing import Any

from ministack.services import cloudwatch_logs

from emulator.authorization import AccessDenied, require
from emulator.models import Json


def group_of(config: Json) -> str:
    logging = config.get("LoggingConfig") or {}
    return logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"


def write(config: Json, stream: str, request_id: str, lines: list[str], milliseconds: int, failed: bool) -> None:
    """Write the log of an invocation, with Lambda's start and report lines, if the role has the permissions."""
    name = group_of(config)
    arn = cloudwatch_logs._make_group_arn(name).removesuffix(":*")
    try:
        if name not in cloudwatch_logs._log_groups:
            require(config["Role"], "logs:CreateLogGroup", f"{arn}:*")
            cloudwatch_logs._create_log_group({"logGroupName": name})
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            require(config["Role"], action, f"{arn}:log-stream:{stream}")
    except AccessDenied:  # AWS drops the log without an error
        return
    if stream not in cloudwatch_logs._log_groups[name]["streams"]:
        cloudwatch_logs._create_log_stream({"logGroupName": name, "logStreamName": stream})
    start = _platform("start", request_id, version=config.get("Version", "$LATEST"))
    metrics = {"durationMs": milliseconds, "billedDurationMs": milliseconds, "memorySizeMB": config["MemorySize"]}
    report = _platform("report", request_id, metrics=metrics, status="error" if failed else "success")
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "ingestionTime": now, "message": line} for line in [start, *lines, report]]
    cloudwatch_logs._append_log_events(cloudwatch_logs._log_groups[name]["streams"][stream], events)
    cloudwatch_logs._fanout_to_subscription_filters(name, stream, events)


def _platform(kind: str, request_id: str, **record: Any) -> str:
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    return json.dumps({"time": now, "type": f"platform.{kind}", "record": {"requestId": request_id, **record}})

"""A function's log, written as the function's role may: no role creates log groups it has no permission for."""

import json
import time
from typing import Any

from ministack.services import cloudwatch_logs

from emulator.authorization import AccessDenied, require

Json = dict[str, Any]


def group_of(config: Json) -> str:
    logging = config.get("LoggingConfig") or {}
    return logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"


def write(config: Json, stream: str, request_id: str, lines: list[str], milliseconds: int, failed: bool) -> None:
    """Write what one invocation logged, between Lambda's own lines about it; nothing when the role may not."""
    name = group_of(config)
    arn = cloudwatch_logs._make_group_arn(name).removesuffix(":*")
    try:
        if name not in cloudwatch_logs._log_groups:
            require(config["Role"], "logs:CreateLogGroup", f"{arn}:*")
            cloudwatch_logs._create_log_group({"logGroupName": name})
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            require(config["Role"], action, f"{arn}:log-stream:{stream}")
    except AccessDenied:  # AWS loses the lines as silently
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

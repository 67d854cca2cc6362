"""SNS and SQS: AWS's limits on messages, names and numbers that MiniStack does not check."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services import sns, sqs

from emulator import hooks

Data = dict[str, Any]

MAX_SUBJECT = 99
"""The API reference says "less than 100 characters", without line breaks and control characters."""
MAX_BYTES = 262_144
QUEUE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
MAX_SECONDS = {
    "SendMessage": ("DelaySeconds", 900, "DelaySeconds must be >= 0 and <= 900."),
    "ReceiveMessage": ("WaitTimeSeconds", 20, "Must be >= 0 and <= 20, if provided."),
}
"""Action → parameter, maximum and AWS's reason."""


def _topic_problem(params: Data) -> str | None:
    """Why a message to a topic is invalid, or None."""
    topic, subject, message = (str(sns._p(params, name)) for name in ("TopicArn", "Subject", "Message"))
    parts = len(topic.split(":"))
    if topic and parts < 6:
        return f"TopicArn Reason: An ARN must have at least 6 elements, not {parts}"
    if len(subject) > MAX_SUBJECT or any(unicodedata.category(char) == "Cc" for char in subject):
        return "Subject"
    if not message:
        return "Empty message"
    return "Message too long" if len(message.encode(errors="replace")) > MAX_BYTES else None


def _publish(theirs: Callable[..., Any], params: Data) -> Any:
    problem = _topic_problem(params)
    return sns._error("InvalidParameter", f"Invalid parameter: {problem}", 400) if problem else theirs(params)


def _error(theirs: Callable[..., Any], code: str, message: str, status: int) -> Any:
    """AWS's message about a missing topic does not contain the ARN."""
    missing = "Topic does not exist"
    return theirs(code, missing if message.startswith(missing) else message, status)


def _queue_problem(action: str, data: Data) -> str | None:
    """Why a request to SQS is invalid, or None."""
    if action == "CreateQueue":
        if QUEUE_NAME.fullmatch(str(data.get("QueueName", "")).removesuffix(".fifo")):
            return None
        return "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
    name, most, reason = MAX_SECONDS[action]
    value = data.get(name)
    if value is None or 0 <= int(value) <= most:
        return None
    return f"Value {value} for parameter {name} is invalid. Reason: {reason}"


def _checked(action: str, theirs: Callable[[Data, str], Data], data: Data, url: str) -> Data:
    if problem := _queue_problem(action, data):
        raise sqs._Err("InvalidParameterValue", problem)
    return theirs(data, url)


def install() -> None:
    hooks.wrap(sns, "_publish", _publish)
    hooks.wrap(sns, "_error", _error)
    hooks.require(sns, "_p")
    hooks.require(sqs, "_Err")
    handlers = hooks.original(sqs, "_HANDLERS")
    for action in ("CreateQueue", *MAX_SECONDS):
        handlers[action] = partial(_checked, action, handlers[action])

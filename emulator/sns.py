"""SNS: Publish refuses what AWS refuses, in AWS's words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from ministack.services import sns

from emulator import hooks

MAX_SUBJECT = 99
"""The API reference says "less than 100 characters", without line breaks and control characters."""
MAX_BYTES = 262_144
Answer = Any


def _problem(params: dict[str, Any]) -> str | None:
    """What is wrong with a message to a topic; None when nothing is."""
    topic, subject, message = (str(sns._p(params, name)) for name in ("TopicArn", "Subject", "Message"))
    parts = len(topic.split(":"))
    if topic and parts < 6:
        return f"TopicArn Reason: An ARN must have at least 6 elements, not {parts}"
    if len(subject) > MAX_SUBJECT or any(unicodedata.category(char) == "Cc" for char in subject):
        return "Subject"
    if not message:
        return "Empty message"
    return "Message too long" if len(message.encode(errors="replace")) > MAX_BYTES else None


def _publish(theirs: Callable[..., Answer]) -> Callable[..., Answer]:
    def publish(params: dict[str, Any]) -> Answer:
        problem = _problem(params)
        return sns._error("InvalidParameter", f"Invalid parameter: {problem}", 400) if problem else theirs(params)

    return publish


def _without_the_arn(theirs: Callable[..., Answer]) -> Callable[..., Answer]:
    """AWS does not repeat the ARN of a topic that does not exist."""

    def error(code: str, message: str, status: int) -> Answer:
        missing = "Topic does not exist"
        return theirs(code, missing if message.startswith(missing) else message, status)

    return error


def install() -> None:
    hooks.replace(sns, "_publish", _publish)
    hooks.replace(sns, "_error", _without_the_arn)
    hooks.original(sns, "_p")

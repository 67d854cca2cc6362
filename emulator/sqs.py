"""SQS: names and numbers that AWS refuses and MiniStack takes, in AWS's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ministack.services import sqs

from emulator import hooks

Data = dict[str, Any]
Handler = Callable[[Data, str], Data]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_LIMITS = {
    "SendMessage": ("DelaySeconds", 900, "DelaySeconds must be >= 0 and <= 900."),
    "ReceiveMessage": ("WaitTimeSeconds", 20, "Must be >= 0 and <= 20, if provided."),
}
"""Action → its number, the most it may be, and AWS's reason."""


def _refuse(message: str) -> None:
    raise sqs._Err("InvalidParameterValue", message)


def _with_a_name(theirs: Handler) -> Handler:
    def create(data: Data, url: str) -> Data:
        if not _NAME.fullmatch(str(data.get("QueueName", "")).removesuffix(".fifo")):
            _refuse("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length")
        return theirs(data, url)

    return create


def _within(name: str, most: int, reason: str, theirs: Handler) -> Handler:
    def handle(data: Data, url: str) -> Data:
        value = data.get(name)
        if value is not None and not 0 <= int(value) <= most:
            _refuse(f"Value {value} for parameter {name} is invalid. Reason: {reason}")
        return theirs(data, url)

    return handle


def install() -> None:
    handlers = hooks.original(sqs, "_HANDLERS")
    hooks.original(sqs, "_Err")
    handlers["CreateQueue"] = _with_a_name(handlers["CreateQueue"])
    for action, (name, most, reason) in _LIMITS.items():
        handlers[action] = _within(name, most, reason, handlers[action])

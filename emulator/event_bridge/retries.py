"""Deliveries to targets, each in a separate thread, with retries and a dead-letter queue."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.core.concurrency import spawn_background

from emulator import clock
from emulator.models import Json

_log = logging.getLogger("emulator.deliveries")

FIRST_PAUSE_SECONDS = 2.0
MAX_PAUSE_SECONDS = 600.0
"""Exponential back-off with jitter, before the clock factor; AWS does not document its duration."""

_concurrent = threading.BoundedSemaphore(16)


class DeliveryError(Exception):
    """An attempt failed; the dead-letter queue receives the code and the message."""

    def __init__(self, code: str, message: str, retryable: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable


@dataclass(frozen=True)
class Exhausted:
    """The end of the attempts."""

    error: DeliveryError
    retries: int
    condition: str | None
    """MaximumRetryAttempts or MaximumEventAgeInSeconds; None when the error is not retryable."""

    def attributes(self, **more: str) -> dict[str, dict[str, str]]:
        """The attributes of the message in the dead-letter queue."""
        values = {
            "ERROR_CODE": self.error.code,
            "ERROR_MESSAGE": self.error.message,
            "RETRY_ATTEMPTS": str(self.retries),
            **({"EXHAUSTED_RETRY_CONDITION": self.condition} if self.condition else {}),
            **more,
        }
        return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


Attempt = Callable[[int], None]
GiveUp = Callable[[Exhausted], None]


def start(what: str, target: Mapping[str, Any], attempt: Attempt, give_up: GiveUp) -> None:
    """`deliver` in the background."""
    spawn_background(deliver, what, target, attempt, give_up, thread_name="delivery")


def deliver(what: str, target: Mapping[str, Any], attempt: Attempt, give_up: GiveUp) -> None:
    """Call `attempt(number)`, starting with 1, until it succeeds, within the target's RetryPolicy.

    `give_up` receives the last error; `what` is the delivery in log messages.
    """
    policy = target.get("RetryPolicy") or {}
    until = time.monotonic() + clock.shortened(policy.get("MaximumEventAgeInSeconds", 86400))
    retries = 0
    while True:
        try:
            with _concurrent:
                attempt(retries + 1)
            return
        except DeliveryError as error:
            failed = error
            _log.warning("%s, attempt %d: %s", what, retries + 1, failed)
        except Exception as broken:
            failed = DeliveryError("INTERNAL_ERROR", repr(broken), False)
            _log.exception("%s, attempt %d", what, retries + 1)
        is_last = retries >= policy.get("MaximumRetryAttempts", 185)
        if is_last or not failed.retryable or time.monotonic() >= until:
            break
        pause = min(FIRST_PAUSE_SECONDS * 2**retries, MAX_PAUSE_SECONDS)
        clock.wait(pause * random.uniform(0.5, 1))
        retries += 1
    condition = "MaximumRetryAttempts" if is_last else "MaximumEventAgeInSeconds"
    try:
        give_up(Exhausted(failed, retries, condition if failed.retryable else None))
    except Exception as lost:
        _log.error("%s: the event is lost, because it could not be sent to the dead-letter queue: %s", what, lost)


def call_of(arn: str, text: str) -> tuple[str, str, Json]:
    """The API call that delivers `text` to a target: botocore's service, operation and arguments."""
    service = arn.split(":")[2]
    if service == "lambda":
        return "lambda", "Invoke", {"FunctionName": arn, "InvocationType": "Event", "Payload": text}
    if service == "sqs":
        *_, account, name = arn.split(":")
        return "sqs", "SendMessage", {"QueueUrl": f"http://127.0.0.1/{account}/{name}", "MessageBody": text}
    return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text}

"""Deliveries to targets: each in a thread of its own, retried by its policy, buried in a dead-letter queue."""

from __future__ import annotations

import contextvars
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator import clock

_log = logging.getLogger("emulator.deliveries")

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 600.0
"""Back-off between attempts before the clock factor; AWS says exponential with jitter, not how long."""

_at_once = threading.BoundedSemaphore(16)


class DeliveryError(Exception):
    """One attempt failed: an error code and message as the dead-letter queue shows them."""

    def __init__(self, code: str, message: str, retryable: bool) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.retryable = retryable


@dataclass(frozen=True)
class Policy:
    attempts: int
    """Retries after the first attempt."""
    age: float
    """Seconds from the first attempt in which retries may begin; shortened by the clock factor."""

    @staticmethod
    def of(target: Mapping[str, Any]) -> Policy:
        given = target.get("RetryPolicy") or {}
        return Policy(given.get("MaximumRetryAttempts", 185), given.get("MaximumEventAgeInSeconds", 86400))


@dataclass(frozen=True)
class Exhausted:
    """Why no more attempts are made."""

    error: DeliveryError
    retries: int
    condition: str | None
    """MaximumRetryAttempts or MaximumEventAgeInSeconds; None when the error is not worth a retry."""

    def attributes(self, **more: str) -> dict[str, dict[str, str]]:
        """Message attributes of the dead-letter queue."""
        values = {
            "ERROR_CODE": self.error.code,
            "ERROR_MESSAGE": self.error.message,
            "RETRY_ATTEMPTS": str(self.retries),
            **({"EXHAUSTED_RETRY_CONDITION": self.condition} if self.condition else {}),
            **more,
        }
        return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def start(what: str, attempt: Callable[[int], None], policy: Policy, bury: Callable[[Exhausted], None]) -> None:
    """Deliver in the background: `attempt(number)`, counted from 1, until it does not raise DeliveryError.

    `bury` gets what is left when no retry may be made; `what` names the delivery in the log.
    """
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(deliver, what, attempt, policy, bury), daemon=True).start()


def deliver(what: str, attempt: Callable[[int], None], policy: Policy, bury: Callable[[Exhausted], None]) -> None:
    """As `start`, in this thread."""
    until = time.monotonic() + clock.shortened(policy.age)
    number = 1
    while True:
        try:
            with _at_once:
                attempt(number)
            return
        except DeliveryError as failed:
            _log.warning("%s, attempt %d: %s", what, number, failed)
            exhausted = _exhausted(failed, number - 1, policy, until)
        except Exception as broken:
            _log.exception("%s, attempt %d", what, number)
            exhausted = Exhausted(DeliveryError("INTERNAL_ERROR", repr(broken), False), number - 1, None)
        if exhausted:
            break
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (number - 1), LONGEST_PAUSE_SECONDS)
        clock.wait(pause * random.uniform(0.5, 1))
        number += 1
    try:
        bury(exhausted)
    except Exception as lost:
        _log.error("%s: what could not be delivered is lost, the dead-letter queue cannot be used: %s", what, lost)


def _exhausted(failed: DeliveryError, retries: int, policy: Policy, until: float) -> Exhausted | None:
    if not failed.retryable:
        return Exhausted(failed, retries, None)
    if retries >= policy.attempts:
        return Exhausted(failed, retries, "MaximumRetryAttempts")
    if time.monotonic() >= until:
        return Exhausted(failed, retries, "MaximumEventAgeInSeconds")
    return None

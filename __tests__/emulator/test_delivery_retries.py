"""Retries of deliveries and their end."""

from typing import Any

import pytest

from emulator import clock
from emulator.event_bridge import retries
from emulator.event_bridge.retries import DeliveryError, Exhausted


class Target:
    """Fails `failures` times, then succeeds."""

    def __init__(self, failures: int, retryable: bool = True) -> None:
        self.failures = failures
        self.retryable = retryable
        self.attempts: list[int] = []
        self.given_up: list[Exhausted] = []

    def attempt(self, number: int) -> None:
        self.attempts.append(number)
        if number <= self.failures:
            raise DeliveryError("THROTTLING", "later", self.retryable)

    def deliver(self, **policy: Any) -> None:
        retries.deliver("test", {"RetryPolicy": policy}, self.attempt, self.given_up.append)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(clock, "wait", waited.append)
    return waited


def test_a_delivery_is_retried_with_increasing_pauses_of_at_most_ten_minutes(pauses: list[float]) -> None:
    target = Target(failures=20)
    target.deliver()
    assert (len(target.attempts), target.given_up) == (21, [])
    assert [1 <= pause / 2**number <= 2 for number, pause in enumerate(pauses[:8])] == [True] * 8
    assert 300 <= pauses[-1] <= 600


def test_the_number_of_retries_is_limited() -> None:
    target, other = Target(failures=999), Target(failures=999)
    target.deliver(MaximumRetryAttempts=2)
    other.deliver()
    assert target.attempts == [1, 2, 3]
    assert [(end.retries, end.condition) for end in target.given_up] == [(2, "MaximumRetryAttempts")]
    assert len(other.attempts) == 186


def test_the_age_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FACTOR", 1e9)
    target = Target(failures=99)
    target.deliver(MaximumEventAgeInSeconds=60)
    assert [(end.retries, end.condition) for end in target.given_up] == [(0, "MaximumEventAgeInSeconds")]


def test_a_permanent_error_is_not_retried() -> None:
    target = Target(failures=99, retryable=False)
    target.deliver()
    assert target.attempts == [1]
    assert [(end.retries, end.condition) for end in target.given_up] == [(0, None)]
    assert "EXHAUSTED_RETRY_CONDITION" not in target.given_up[0].attributes()

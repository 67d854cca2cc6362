"""How often a delivery is tried, and what ends it."""

from __future__ import annotations

import pytest

from emulator import clock
from emulator.event_bridge import retries
from emulator.event_bridge.retries import DeliveryError, Exhausted, Policy


class Target:
    """Fails `failures` times, then takes what comes."""

    def __init__(self, failures: int, retryable: bool = True) -> None:
        self.failures = failures
        self.retryable = retryable
        self.attempts: list[int] = []
        self.buried: list[Exhausted] = []

    def attempt(self, number: int) -> None:
        self.attempts.append(number)
        if number <= self.failures:
            raise DeliveryError("THROTTLING", "later", self.retryable)

    def deliver(self, policy: Policy) -> None:
        retries.deliver("test", self.attempt, policy, self.buried.append)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(clock, "wait", waited.append)
    return waited


def test_retries_until_it_succeeds_with_growing_pauses(pauses: list[float]) -> None:
    target = Target(failures=4)
    target.deliver(Policy(185, 86400))
    assert target.attempts == [1, 2, 3, 4, 5]
    assert target.buried == []
    assert [1 <= pause / 2**number <= 2 for number, pause in enumerate(pauses)] == [True] * 4


def test_pauses_end_at_ten_minutes(pauses: list[float]) -> None:
    Target(failures=20).deliver(Policy(20, 86400))
    assert 300 <= pauses[-1] <= 600


def test_the_number_of_retries_is_limited() -> None:
    target = Target(failures=99)
    target.deliver(Policy(2, 86400))
    assert target.attempts == [1, 2, 3]
    assert [(end.retries, end.condition) for end in target.buried] == [(2, "MaximumRetryAttempts")]


def test_the_age_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FACTOR", 1e9)
    target = Target(failures=99)
    target.deliver(Policy(185, 60))
    assert [(end.retries, end.condition) for end in target.buried] == [(0, "MaximumEventAgeInSeconds")]


def test_an_error_that_no_retry_mends_is_not_retried() -> None:
    target = Target(failures=99, retryable=False)
    target.deliver(Policy(185, 86400))
    assert target.attempts == [1]
    assert [(end.retries, end.condition) for end in target.buried] == [(0, None)]
    assert "EXHAUSTED_RETRY_CONDITION" not in target.buried[0].attributes()


def test_a_target_without_a_policy_has_aws_s_defaults() -> None:
    assert Policy.of({}) == Policy(185, 86400)
    assert Policy.of({"RetryPolicy": {"MaximumRetryAttempts": 0}}) == Policy(0, 86400)

"""Occurrences of schedule expressions, in time zones with and without summer time."""

import re
from datetime import datetime, timezone
from itertools import pairwise

import pytest

from emulator import clock
from emulator.scheduler import expressions


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    expressions.install()


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def occurrences(expression: str, after: str, count: int, zone: str = "UTC") -> list[str]:
    """The next `count` occurrences in UTC."""
    parsed, moment, found = expressions.parse(expression, zone), seconds(after), []
    for _ in range(count):
        due = parsed.next_after(moment, seconds(after))
        if due is None:
            break
        moment = due
        found.append(datetime.fromtimestamp(due, timezone.utc).strftime("%Y-%m-%d %H:%M"))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("cron(0 10 * * ? *)", ["2026-11-21 10:00", "2026-11-22 10:00"]),
        ("cron(15 12 ? * 1 *)", ["2026-11-22 12:15", "2026-11-29 12:15"]),
        ("cron(0 18 ? * MON-FRI *)", ["2026-11-23 18:00", "2026-11-24 18:00"]),
        ("cron(0/15 8,20 ? * sat *)", ["2026-11-21 08:00", "2026-11-21 08:15"]),
        ("cron(1-59/29 0 ? * 7 *)", ["2026-11-21 00:01", "2026-11-21 00:30"]),
        ("cron(30 0 1 jan ? *)", ["2027-01-01 00:30", "2028-01-01 00:30"]),
        ("cron(0 0 L * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00"]),
        ("cron(0 0 LW * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00", "2027-01-29 00:00"]),
        ("cron(0 0 1W * ? *)", ["2026-12-01 00:00", "2027-01-01 00:00", "2027-02-01 00:00", "2027-03-01 00:00"]),
        ("cron(0 0 1W MAY ? *)", ["2027-05-03 00:00"]),
        ("cron(0 0 31W * ? *)", ["2026-12-31 00:00", "2027-01-29 00:00", "2027-03-31 00:00"]),
        ("cron(0 0 ? * 3#1 *)", ["2026-12-01 00:00", "2027-01-05 00:00"]),
        ("cron(0 0 ? * FRI#5 *)", ["2027-01-29 00:00", "2027-04-30 00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-11-27 00:00", "2026-12-25 00:00"]),
        ("cron(0 0 ? * L *)", ["2026-11-28 00:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 1 1 ? 2028-2029)", ["2028-01-01 00:00", "2029-01-01 00:00"]),
        ("at(2026-12-24T18:00:00)", ["2026-12-24 18:00"]),
    ],
)
def test_cron_and_at_are_due_at_their_times_of_day(expression: str, expected: list[str]) -> None:
    assert occurrences(expression, "2026-11-21 00:00", len(expected)) == expected


def test_past_expressions_have_no_occurrence() -> None:
    assert occurrences("cron(0 0 1 1 ? 2028)", "2026-11-21 00:00", 3) == ["2028-01-01 00:00"]
    assert occurrences("cron(0 0 1 1 ? 2020)", "2026-11-21 00:00", 1) == []
    assert occurrences("cron(0 0 30 2 ? *)", "2026-11-21 00:00", 1) == []
    assert occurrences("at(2026-11-20T00:00:00)", "2026-11-21 00:00", 1) == []


def test_a_local_time_remains_at_changes_of_summer_time() -> None:
    spring = occurrences("cron(0 9 * * ? *)", "2027-03-13 00:00", 3, "America/New_York")
    assert spring == ["2027-03-13 14:00", "2027-03-14 13:00", "2027-03-15 13:00"]
    autumn = occurrences("cron(0 9 * * ? *)", "2027-11-06 00:00", 3, "America/New_York")
    assert autumn == ["2027-11-06 13:00", "2027-11-07 14:00", "2027-11-08 14:00"]
    assert occurrences("at(2027-07-01T08:00:00)", "2027-01-01 00:00", 1, "Europe/Berlin") == ["2027-07-01 06:00"]


def test_a_missing_local_time_is_skipped_and_a_repeated_one_counts_once() -> None:
    missing = occurrences("cron(30 2 * * ? *)", "2027-03-13 00:00", 2, "America/New_York")
    assert missing == ["2027-03-13 07:30", "2027-03-15 06:30"]
    repeated = occurrences("cron(30 1 * * ? *)", "2027-11-06 12:00", 2, "America/New_York")
    assert repeated == ["2027-11-07 05:30", "2027-11-08 06:30"]


def test_rate_starts_at_its_anchor_and_is_shortened_by_the_clock_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "FACTOR", 10)
    rate = expressions.parse("rate(2 hours)")
    anchor = 1_000_000.0
    due = [rate.next_after(anchor - 5, anchor)]
    for _ in range(3):
        due.append(rate.next_after(due[-1] or 0, anchor))
    assert due[0] == anchor
    assert [(later or 0) - (earlier or 0) for earlier, later in pairwise(due)] == [720] * 3


@pytest.mark.parametrize(
    "expression",
    [
        *("rate(1 minutes)", "at(2030-01-01 00:00:00)", "cron(0 10 * * *)", "cron(60 10 * * ? *)"),
        *("cron(0 10 ? * FUN *)", "cron(0/0 10 * * ? *)", "cron(0 0 L-3 * ? *)", "cron(0 0 ? * MON#6 *)"),
        *("cron(0 0 ? * 2#1,3#1 *)", "cron(0 22-2 * * ? *)", "cron(0 0 W * ? *)", "cron(0 0 ? * 0 *)"),
        *("cron(, 0 * * ? *)", "cron(0 0 ? * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 5-1 * ? *)"),
        "cron(0 0 1 1 ? 1969)",
    ],
)
def test_an_invalid_expression_is_rejected(expression: str) -> None:
    with pytest.raises(ValueError, match=re.escape(expression)):
        expressions.parse(expression)

"""Executions have the histories that AWS gives: recorded ones where they are at hand, and always those of ours.

Ours (fixtures/histories.txt) are machines that we wrote; each event, its predecessor and its texts follow from the
recordings or, where these say nothing, from measurements on AWS that the floci project published (issues 2665, 2736
and 2868).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from histories import fits, lines, parsed
from machines import Machines, jsonata, part

Case = dict[str, Any]

OURS = (Path(__file__).parent / "fixtures" / "histories.txt").read_text().strip().split("\n\n")
RECORDED = "shared/data/step-functions-recorded/cases.json"


def recorded_cases() -> list[Any]:
    """The recordings next to the checkout; without them one case that is skipped and says so."""
    found = next((path / RECORDED for path in Path(__file__).resolve().parents if (path / RECORDED).exists()), None)
    if found is None:
        skipped = pytest.mark.skip(reason=f"AWS's recordings are not here: no folder above the checkout has {RECORDED}")
        return [pytest.param({}, marks=skipped, id="none")]
    return [pytest.param(case, id=case["case"]) for case in json.loads(found.read_text())]


def history(machines: Machines, definition: Case, given: Any) -> list[dict[str, Any]]:
    execution = machines.start(definition, given)
    machines.end(execution)
    return machines.history(execution)


@pytest.mark.parametrize("case", OURS, ids=lambda case: case.splitlines()[0].removeprefix("# "))
def test_our_machines_have_the_histories_of_the_fixture(machines: Machines, case: str) -> None:
    _, definition, given, *expected = case.splitlines()
    seen = lines(history(machines, json.loads(definition), json.loads(given)))
    assert fits(expected, seen), "\n".join(["expected:", *expected, "seen:", *seen])


@pytest.mark.parametrize("case", recorded_cases())
def test_recorded_machines_have_the_histories_of_aws(machines: Machines, case: Case) -> None:
    case = with_timestamp(case)
    definition = json.loads(case["definition"]) if isinstance(case["definition"], str) else case["definition"]
    expected, seen = parsed(case["history"]), parsed(history(machines, definition, case["input"]))
    different = [(want, got) for want, got in zip(expected, seen, strict=False) if not fits(want, got)]
    assert different == []
    assert len(seen) == len(expected)


def with_timestamp(case: Case) -> Case:
    """The case with the value of `TimestampValue`, for which the recording has a placeholder: AWS's cause names it."""
    if case["input"] != {"TimestampValue": "timestamp"}:
        return case
    text = json.dumps(case)
    value = case["history"][-1]["executionFailedEventDetails"]["cause"].rpartition(": ")[2]
    changed: Case = json.loads(text.replace('"TimestampValue": "timestamp"', f'"TimestampValue": "{value}"'))
    return changed


def test_a_failure_aborts_the_other_items(machines: Machines) -> None:
    """In the order of the items, the iteration before its state, and all after the last event of the failed one."""
    item = part(
        Which={"Type": "Choice", "Choices": [{"Condition": "{% $states.input %}", "Next": "Soon"}], "Default": "Long"},
        Soon={"Type": "Wait", "Seconds": 20, "Next": "No"},
        No={"Type": "Fail", "Error": "Broken"},
        Long={"Type": "Wait", "Seconds": 999_999, "End": True},
    )
    items = [False, True, False]
    seen = history(machines, jsonata(M={"Type": "Map", "Items": items, "ItemProcessor": item, "End": True}), {})
    failed, *after, last = seen[-8:]
    assert [event["type"] for event in (failed, *after, last)] == [
        "FailStateEntered",
        *("MapIterationAborted", "WaitStateAborted", "MapIterationFailed", "MapIterationAborted", "WaitStateAborted"),
        *("MapStateFailed", "ExecutionFailed"),
    ]
    assert {event["previousEventId"] for event in after} == {failed["id"]}


def test_items_without_a_limit_all_follow_the_start_of_the_map(machines: Machines) -> None:
    item = part(Each={"Type": "Pass", "End": True})
    seen = history(machines, jsonata(M={"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": item, "End": True}), {})
    (start,) = [event["id"] for event in seen if event["type"] == "MapStateStarted"]
    begun = [event["previousEventId"] for event in seen if event["type"] == "MapIterationStarted"]
    assert begun == [start] * 3
    ends = [event["id"] for event in seen if event["type"] == "MapIterationSucceeded"]
    assert [event["previousEventId"] for event in seen[-3:-1]] == [max(ends)] * 2


def test_the_documentation_has_the_score() -> None:
    documented = (Path(__file__).parents[2] / "docs/emulator.md").read_text()
    row = re.search(r"^\| `executions` .*\| (\d+) of (\d+) ", documented, re.MULTILINE)
    assert row is not None
    cases = [case for case in recorded_cases() if case.id != "none"]
    assert row.groups() == (str(len(cases) or 43),) * 2
    assert f"and {len(OURS)} machines of our own" in " ".join(documented.split())

"""Executions have the histories recorded on AWS, and those in fixtures/histories.txt.

The latter are our machines. Each event, its predecessor and its texts follow from the recordings, or from measurements
on AWS that the floci project published (issues 2665, 2736 and 2868).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from machines import Machines, jsonata, part

Case = dict[str, Any]

OURS = (Path(__file__).parent / "fixtures" / "histories.txt").read_text().strip().split("\n\n")
RECORDED = "shared/data/step-functions-recorded/cases.json"
VOLATILE = {"timestamp", "roleArn", "StartTime", "EnteredTime", "RoleArn", "Id", "Name"}
"""Members that differ between runs."""
WHOLE = {"truncated": False}
_PLACEHOLDER = re.compile(r"<[^<>]*>")


def recorded_cases() -> list[Any]:
    """The recordings next to the checkout, or a skipped case."""
    found = next((path / RECORDED for path in Path(__file__).resolve().parents if (path / RECORDED).exists()), None)
    if found is None:
        skipped = pytest.mark.skip(reason=f"recordings are missing: no folder above the checkout contains {RECORDED}")
        return [pytest.param({}, marks=skipped, id="none")]
    return [pytest.param(case, id=case["case"]) for case in json.loads(found.read_text())]


def history(machines: Machines, definition: Case, given: Any) -> list[dict[str, Any]]:
    execution = machines.start(definition, given)
    machines.end(execution)
    return machines.history(execution)


def lines(history: list[dict[str, Any]]) -> list[str]:
    """Each event as "id previous type details"; details without the members about truncation."""
    return [_line(event) for event in history]


def _line(event: dict[str, Any]) -> str:
    details = next((dict(value) for name, value in event.items() if name.endswith("EventDetails")), {})
    for name in ("input", "output", "assignedVariables"):
        if name in details and details.get(f"{name}Details") == WHOLE:
            del details[f"{name}Details"]
        elif name in details:
            details["cut"] = f"no {name}Details"
    details = {name: value for name, value in sorted(details.items()) if name not in VOLATILE}
    text = json.dumps(details, ensure_ascii=False) if details else ""
    return f"{event['id']} {event['previousEventId']} {event['type']} {text}".rstrip()


def parsed(value: Any) -> Any:
    """`value` with parsed JSON in its strings, as in the recordings."""
    if isinstance(value, dict):
        return {name: parsed(item) for name, item in value.items() if name not in VOLATILE}
    if isinstance(value, list):
        return [parsed(item) for item in value]
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return parsed(json.loads(value))
        except ValueError:
            return value
    return value


def fits(recorded: Any, seen: Any) -> bool:
    """Whether `seen` matches `recorded`, in which `<…>` stands for any text."""
    if isinstance(recorded, str) and "<" in recorded:
        pattern = ".*".join(re.escape(piece) for piece in _PLACEHOLDER.split(recorded))
        return isinstance(seen, str) and re.fullmatch(pattern, seen, re.DOTALL) is not None
    if isinstance(recorded, dict) and isinstance(seen, dict):
        return recorded.keys() == seen.keys() and all(fits(recorded[name], seen[name]) for name in recorded)
    if isinstance(recorded, list) and isinstance(seen, list):
        return len(recorded) == len(seen) and all(map(fits, recorded, seen))
    return bool(recorded == seen) and isinstance(recorded, bool) == isinstance(seen, bool)


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
    """The case with the value of `TimestampValue` from the cause; the recording has a placeholder."""
    if case["input"] != {"TimestampValue": "timestamp"}:
        return case
    text = json.dumps(case)
    value = case["history"][-1]["executionFailedEventDetails"]["cause"].rpartition(": ")[2]
    changed: Case = json.loads(text.replace('"TimestampValue": "timestamp"', f'"TimestampValue": "{value}"'))
    return changed


def test_a_failure_aborts_the_other_items(machines: Machines) -> None:
    """The events are in the order of the items, and follow the last event of the failed item."""
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


def test_the_documentation_contains_the_score() -> None:
    documented = (Path(__file__).parents[2] / "docs/emulator.md").read_text()
    row = re.search(r"^\| `executions` .*\| (\d+) of (\d+) ", documented, re.MULTILINE)
    assert row is not None
    cases = [case for case in recorded_cases() if case.id != "none"]
    assert row.groups() == (str(len(cases) or 43),) * 2
    assert f"and {len(OURS)} machines of our own" in " ".join(documented.split())

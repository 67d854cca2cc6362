"""The delay of ListExecutions, and the guard of the covid workflow, which depends on the list."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from account import allow, make_role
from machines import ENDED, Machines, jsonata, workflow_part
from running_emulator import start_emulator
from waiting import eventually

CLOCK_FACTOR = 5
LAG_SECONDS = 10 / CLOCK_FACTOR
RUNS = "Run"
"""The state after the guard."""
SHORT = jsonata(Short={"Type": "Succeed"})
LONG = jsonata(Long={"Type": "Wait", "Seconds": 999_999, "End": True})


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    """`client` of an emulator whose list of executions is later than the first request of a state machine."""
    with start_emulator(tmp_path_factory.mktemp("slow"), clock_factor=CLOCK_FACTOR) as running:
        yield running.client


@pytest.fixture
def machines(slow: Callable[..., Any]) -> Machines:
    role = make_role(slow, "states.amazonaws.com", [allow("states:ListExecutions")])
    return Machines(slow("stepfunctions"), role)


def listed(machines: Machines, machine: str, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = machines.client.list_executions(stateMachineArn=machine, **options)["executions"]
    return found


def start(machines: Machines, machine: str) -> str:
    return str(machines.client.start_execution(stateMachineArn=machine)["executionArn"])


def seen_at(machines: Machines, machine: str, status: str) -> tuple[float, dict[str, Any]]:
    """Wait until the list contains an execution with this status; returns the time and the entry."""
    [seen] = eventually(lambda: listed(machines, machine, statusFilter=status), f"{status} in the list")
    return time.time(), seen


def test_starts_and_ends_appear_with_a_delay(machines: Machines) -> None:
    machine = machines.create(LONG)
    execution = start(machines, machine)
    now, seen = seen_at(machines, machine, "RUNNING")
    assert seen["executionArn"] == execution
    assert now >= seen["startDate"].timestamp() + LAG_SECONDS
    machines.client.stop_execution(executionArn=execution)
    now, seen = seen_at(machines, machine, "ABORTED")
    assert now >= seen["stopDate"].timestamp() + LAG_SECONDS
    assert listed(machines, machine, statusFilter="RUNNING") == []


def test_the_list_of_an_unknown_machine_is_an_error(machines: Machines) -> None:
    arn = machines.create(SHORT)
    with pytest.raises(machines.client.exceptions.StateMachineDoesNotExist):
        listed(machines, f"{arn}-other")


def decision(machines: Machines, execution: str) -> str:
    """RUNS, or the message of the guard that ended the execution."""

    def decided() -> str | None:
        seen = machines.client.describe_execution(executionArn=execution)
        if seen["status"] in ENDED:
            assert "output" in seen, seen["cause"]
            return str(json.loads(seen["output"])["message"])
        entered = [event.get("stateEnteredEventDetails", {}).get("name") for event in machines.history(execution)]
        return RUNS if RUNS in entered else None

    return eventually(decided, "the decision of the guard")


def test_exactly_one_of_five_concurrent_starts_runs(machines: Machines) -> None:
    machine = machines.create(SHORT)
    machines.client.update_state_machine(
        stateMachineArn=machine, definition=json.dumps(workflow_part("guard", machine))
    )
    executions = [start(machines, machine) for _ in range(5)]
    decided = [decision(machines, execution) for execution in executions]
    assert decided.count(RUNS) == 1
    winner = executions[decided.index(RUNS)]
    assert decided.count(f"No second cluster was started: the execution {winner} is running.") == 4

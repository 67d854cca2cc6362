"""Faults on order, for `npm run faults`: what the states of one execution suffer. Off unless started with --faults.

`<state-dir>/faults/<execution name>.json`, a folder that only the emulator's own user can enter, holds
`{"states": {STATE: [{"kind": KIND, "times": 1, "patch": {}}]}, "jobSeconds": 0.2}`. The faults of a state are used up
one after the other, each by as many attempts as it has times. With `jobSeconds` a process that only takes that long
stands in for the execution's Spark jobs. KIND is one of

- refuse: the call is refused for good; throttle: because of its rate;
- lose: the call takes effect, and its answer is lost;
- time-out: the call takes effect, and TimeoutSeconds pass at once;
- crash: the process of the Lambda function ends during the call;
- stop: the execution is stopped: as it enters the state, or after the call has taken effect where the state makes one;
- arguments, result: `patch` replaces members of them, which takes an execution where it would not come by itself.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VARIABLE = "EMULATOR_FAULTS"
"""The folder; empty or not set without --faults."""

Json = dict[str, Any]

_crashing: list[Any] = []


@dataclass
class Fault:
    kind: str
    times: int = 1
    patch: Json = field(default_factory=dict)


class Orders:
    """The faults of one execution that are not used up."""

    def __init__(self, execution_name: str) -> None:
        states = _read(execution_name).get("states", {})
        self._by_state = {state: [Fault(**fault) for fault in faults] for state, faults in states.items()}

    def take(self, state: str) -> Fault | None:
        """The fault of this attempt."""
        due = next((fault for fault in self._by_state.get(state, []) if fault.times > 0), None)
        if due:
            due.times -= 1
        return due


def _read(execution_name: str) -> Json:
    folder = os.environ.get(VARIABLE)
    file = Path(folder, f"{execution_name}.json") if folder else None
    return dict(json.loads(file.read_text())) if file and file.exists() else {}


def stand_in(tags: Mapping[str, str]) -> list[str] | None:
    """The command that runs in place of a Spark job with these tags; None: the job itself."""
    seconds = _read(tags.get("execution", "").rpartition(":")[2]).get("jobSeconds")
    return None if seconds is None else ["sleep", str(seconds)]


@contextlib.contextmanager
def crash(event: Any) -> Iterator[None]:
    """The next process that gets this event ends."""
    _crashing.append(event)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            _crashing.remove(event)


def crashes(event: Any) -> bool:
    """Whether the process that has got this event is to end."""
    return bool(_crashing) and event in _crashing

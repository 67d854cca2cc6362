"""Fault injection into the states of one execution, for `npm run faults`. Disabled without --faults.

`<state-dir>/faults/<execution name>.json`, in a folder that only the emulator's user can read, contains
`{"states": {STATE: [{"kind": KIND, "times": 1, "patch": {}}]}, "jobSeconds": 0.2}`. The faults of a state apply in
order, each to `times` attempts. With `jobSeconds` the execution's Spark jobs are replaced by a process with this
duration. KIND is one of

- refuse: the call is denied; throttle: the call is throttled;
- lose: the call takes effect, but the response is lost;
- time-out: the call takes effect, then the state times out;
- crash: the process of the Lambda function ends during the call;
- stop: the execution is stopped after the call of the state, or when it enters a state without a call;
- arguments, result: `patch` replaces members of the arguments or of the result.
"""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emulator.models import Json

VARIABLE = "EMULATOR_FAULTS"
"""The folder; empty without --faults."""

_crashing: list[Any] = []


@dataclass
class Fault:
    kind: str
    times: int = 1
    patch: Json = field(default_factory=dict)


class Orders:
    """The remaining faults of one execution."""

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
    """The command that replaces a Spark job with these tags, or None."""
    seconds = _read(tags.get("execution", "").rpartition(":")[2]).get("jobSeconds")
    return None if seconds is None else ["sleep", str(seconds)]


@contextlib.contextmanager
def crash(event: Any) -> Iterator[None]:
    """The next process that receives this event ends."""
    _crashing.append(event)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            _crashing.remove(event)


def crashes(event: Any) -> bool:
    """Whether the process that receives this event must end."""
    return bool(_crashing) and event in _crashing

"""Items of a Map state, side by side."""

import contextvars
import copy
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from emulator.step_functions.errors import RUNTIME, TaskError, TaskInterrupted
from emulator.step_functions.execution import Scope

if TYPE_CHECKING:
    from emulator.step_functions.interpreter import Branch

MAX_AT_ONCE = 40
"""Iterations of an inline Map that AWS runs at the same time."""


@dataclass(frozen=True)
class Work:
    """One item: what its states receive, and what their context has of it."""

    given: Any
    extra_context: Mapping[str, Any]


def run(parent: "Branch", machine: Mapping[str, Any], work: Sequence[Work], at_once: int, map_name: str) -> list[Any]:
    """The results of `machine` in the order of `work`; the first failure interrupts the others and is raised.

    `at_once` of them run at the same time, 0: as many as AWS allows. The next event of `parent` follows the last one of
    what ran.
    """
    fan = _Fan(parent, machine, work, map_name)
    width = min(len(work), at_once or MAX_AT_ONCE)
    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(fan.take_turns, *first), daemon=True)
        for first in fan.first(width)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    parent.scope.check()
    if fan.failures:
        failed, parent.previous, index = fan.failures[0]
        fan.note_ends(index)
        raise failed
    parent.previous = max(fan.ends, default=parent.previous)
    return fan.results


class _Fan:
    def __init__(self, parent: "Branch", machine: Mapping[str, Any], work: Sequence[Work], map_name: str) -> None:
        self.parent = parent
        self.machine = machine
        self.scope = Scope(parent.scope)
        self.map_name = map_name
        self.results: list[Any] = [None] * len(work)
        self.failures: list[tuple[TaskError, int, int]] = []
        """Each with the event that comes before what follows the failure, and the place in `work`."""
        self._unfinished: dict[int, Branch] = {}
        self.ends: list[int] = []
        self._open = iter(list(enumerate(work)))
        self._lock = threading.Lock()

    def first(self, count: int) -> list[tuple[int, Work]]:
        return list(islice(self._open, count))

    def take_turns(self, index: int, work: Work | None) -> None:
        """One worker: its first item, then what is left; each follows the last event of the item before."""
        previous = self.parent.previous
        while work is not None and not self.scope.interrupted():
            previous = self._run_one(index, work, previous)
            with self._lock:
                index, work = next(self._open, (0, None))

    def _run_one(self, index: int, work: Work, previous: int) -> int:
        branch = self.parent.child(self.machine, self.scope, previous, work.extra_context)
        try:
            branch.previous = self._note(branch, "Started", index)
            self.results[index] = branch.run(copy.deepcopy(work.given))
            self.ends.append(self._note(branch, "Succeeded", index))
        except TaskInterrupted:
            self._unfinished[index] = branch
        except Exception as error:
            self._unfinished[index] = branch
            failed = error if isinstance(error, TaskError) else TaskError(RUNTIME, repr(error))
            if failed.error == RUNTIME:  # nothing can catch it: the execution ends, without events of those around
                branch.execution.fail(failed, branch.previous)
            self.failures.append((failed, branch.previous, index))
            self.scope.interrupt()
        return branch.previous

    def note_ends(self, failed: int) -> None:
        """What did not come to its end, each of it after the last event of what failed first."""
        for index, branch in sorted(self._unfinished.items()):
            self._note(self.parent, "Failed" if index == failed else "Aborted", index)
            if branch.aborted:
                self.parent.aside(f"{branch.aborted}StateAborted")

    def _note(self, branch: "Branch", kind: str, index: int) -> int:
        return branch.aside(f"MapIteration{kind}", f"mapIteration{kind}EventDetails", name=self.map_name, index=index)

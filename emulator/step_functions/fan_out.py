"""Runs the items of a Map state concurrently."""

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

MAX_CONCURRENCY = 40
"""Maximum number of concurrent iterations of an inline Map."""


@dataclass(frozen=True)
class Work:
    """The input of one item and its part of the context object."""

    given: Any
    extra_context: Mapping[str, Any]


def run(
    parent: "Branch", machine: Mapping[str, Any], work: Sequence[Work], concurrency: int, map_name: str
) -> list[Any]:
    """The results of `machine` in the order of `work`; the first failure interrupts the others and is raised.

    `concurrency` items run at the same time, with 0 AWS's maximum. The next event of `parent` follows the last event
    of the items.
    """
    fan = _Fan(parent, machine, work, map_name)
    width = min(len(work), concurrency or MAX_CONCURRENCY)
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
        """The error, the event that the next event follows, and the index in `work`."""
        self._unfinished: dict[int, Branch] = {}
        self.ends: list[int] = []
        self._open = iter(list(enumerate(work)))
        self._lock = threading.Lock()

    def first(self, count: int) -> list[tuple[int, Work]]:
        return list(islice(self._open, count))

    def take_turns(self, index: int, work: Work | None) -> None:
        """Run the first item, then remaining items; each follows the last event of the previous item."""
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
            if failed.error == RUNTIME:  # uncatchable: the execution ends without events of the Map
                branch.execution.fail(failed, branch.previous)
            self.failures.append((failed, branch.previous, index))
            self.scope.interrupt()
        return branch.previous

    def note_ends(self, failed: int) -> None:
        """Add the events of unfinished items, after the last event of the item that failed first."""
        for index, branch in sorted(self._unfinished.items()):
            self._note(self.parent, "Failed" if index == failed else "Aborted", index)
            if branch.aborted:
                self.parent.aside(f"{branch.aborted}StateAborted")

    def _note(self, branch: "Branch", kind: str, index: int) -> int:
        return branch.aside(f"MapIteration{kind}", f"mapIteration{kind}EventDetails", name=self.map_name, index=index)

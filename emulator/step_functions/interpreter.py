"""Runs the states of a state machine, or of one branch or item of it."""

from __future__ import annotations

import contextvars
import copy
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import stepfunctions

from emulator import clock
from emulator.step_functions import data, state_fields
from emulator.step_functions.attempt import Attempt
from emulator.step_functions.data import Frame
from emulator.step_functions.errors import TaskError, TaskInterrupted
from emulator.step_functions.execution import Execution, add_event
from emulator.step_functions.scope import Scope

State = Mapping[str, Any]
WITH_RETRY = ("Task", "Parallel", "Map")


class Branch:
    """One line of control: the machine's own, a Parallel branch, or a Map item.

    Variables are the branch's own: it reads its parent's and never changes them.
    """

    def __init__(
        self,
        execution: Execution,
        machine: State,
        scope: Scope,
        variables: Mapping[str, Any],
        language: str,
        previous: int = 0,
        extra_context: Mapping[str, Any] | None = None,
    ) -> None:
        self.execution = execution
        self.states: Mapping[str, State] = machine["States"]
        self.start: str = machine["StartAt"]
        self.scope = scope
        self.variables = dict(variables)
        self.language = language
        self.previous = previous
        self.context = {**execution.context(), **(extra_context or {})}

    def event(self, kind: str, member: str | None = None, /, **details: Any) -> None:
        """Append to the history, after this branch's last event; `member` is where the details go."""
        self.scope.check()
        event = add_event(self.execution.record, kind, {member: details} if member else None, self.previous)
        self.previous = event.get("id", self.previous)

    def run(self, given: Any) -> Any:
        """From the start state to the end: the last state's output."""
        value, name = given, self.start
        while name:
            self.scope.check()
            value, name = self._run_state(name, self.states[name], value)
        return value

    def _run_state(self, name: str, state: State, given: Any) -> tuple[Any, str]:
        kind = state["Type"]
        self.context["State"] = {"Name": name, "EnteredTime": stepfunctions.now_iso()}
        if kind in WITH_RETRY:
            self.context["State"]["RetryCount"] = 0
        details = {"name": name, "input": json.dumps(given), "inputDetails": {"truncated": False}}
        self.event(f"{kind}StateEntered", "stateEnteredEventDetails", **details)
        frame = Frame(state.get("QueryLanguage", self.language), given, self.context, self.variables)
        if kind == "Fail":
            raise state_fields.failure(state, frame)
        if kind in WITH_RETRY:
            value, next_name, assigned = self._run_with_retry(state, frame)
        elif kind == "Choice":
            value, next_name, assigned = state_fields.choose(state, frame)
        else:
            if kind == "Wait":
                self.scope.wait(clock.shortened(state_fields.seconds_to_wait(state, frame)))
            value, assigned = state_fields.finish(state, frame, state_fields.result_of_pass(state, frame))
            next_name = state.get("Next", "")
        self.variables.update(assigned)
        exited = {"name": name, "output": json.dumps(value), "outputDetails": {"truncated": False}}
        if assigned:
            exited["assignedVariables"] = {key: json.dumps(item) for key, item in assigned.items()}
        self.event(f"{kind}StateExited", "stateExitedEventDetails", **exited)
        return value, next_name

    # --- Task, Parallel, Map ------------------------------------------------------------------------------------

    def _run_with_retry(self, state: State, frame: Frame) -> tuple[Any, str, dict[str, Any]]:
        used: dict[int, int] = {}
        work = {"Task": self._run_task, "Parallel": self._run_parallel, "Map": self._run_map}[state["Type"]]
        while True:
            entered = self.context["State"]
            try:
                value, assigned = state_fields.finish(state, frame, work(state, frame))
                return value, state.get("Next", ""), assigned
            except TaskError as failed:
                self.context["State"] = entered
                delay = state_fields.delay_of_retry(state.get("Retry", []), failed, used)
                if delay is not None:
                    self.scope.wait(clock.shortened(delay))
                    entered["RetryCount"] = sum(used.values())
                    continue
                return self._catch(state, frame, failed)

    def _catch(self, state: State, frame: Frame, failed: TaskError) -> tuple[Any, str, dict[str, Any]]:
        catcher = next((c for c in state.get("Catch", []) if state_fields.matches(c["ErrorEquals"], failed)), None)
        if catcher is None:
            raise failed
        seen = frame.having(errorOutput=failed.output())
        assigned = data.assigned(catcher, seen)
        if frame.language != "JSONata":
            value = data.put(catcher.get("ResultPath", "$"), frame.input, failed.output())
        else:
            value = data.evaluate(catcher["Output"], seen, "Output") if "Output" in catcher else failed.output()
        return value, catcher["Next"], assigned

    def _run_task(self, state: State, frame: Frame) -> Any:
        return Attempt(self.execution, self.scope, self.event, state, frame).run()

    def _run_parallel(self, state: State, frame: Frame) -> Any:
        given = data.arguments(state, frame)
        self.event("ParallelStateStarted")
        branches = [(branch, given, None) for branch in state["Branches"]]
        try:
            results = self._run_branches(branches, 0, lambda kind, index: None)
        except TaskError:
            self.event("ParallelStateFailed")
            raise
        self.event("ParallelStateSucceeded")
        return results

    def _run_map(self, state: State, frame: Frame) -> Any:
        items = state_fields.items(state, frame)
        self.event("MapStateStarted", "mapStateStartedEventDetails", length=len(items))
        processor = state.get("ItemProcessor") or state["Iterator"]
        work = []
        for index, item in enumerate(items):
            extra = {"Map": {"Item": {"Index": index, "Value": item}}}
            work.append((processor, state_fields.item_input(state, frame, item, extra), extra))
        name = self.context["State"]["Name"]

        def note(kind: str, index: int) -> None:
            member = f"mapIteration{kind}EventDetails"
            add_event(self.execution.record, f"MapIteration{kind}", {member: {"name": name, "index": index}})

        limit = state.get("MaxConcurrency", 0)
        if data.is_expression(limit):
            limit = data.evaluate_as(int, limit, frame, "MaxConcurrency")
        try:
            results = self._run_branches(work, limit, note)
        except TaskError:
            self.event("MapStateFailed")
            raise
        self.event("MapStateSucceeded")
        return results

    def _run_branches(
        self, work: Sequence[tuple[State, Any, Any]], at_once: int, note: Callable[[str, int], None]
    ) -> list[Any]:
        """Run all side by side (`at_once` of them, 0: all); the first failure interrupts the others."""
        shared = Scope(self.scope)
        results: list[Any] = [None] * len(work)
        failures: list[TaskError] = []
        slots = threading.Semaphore(at_once or len(work) or 1)

        def run_one(index: int, machine: State, given: Any, extra: Any) -> None:
            with slots:
                try:
                    shared.check()
                    note("Started", index)
                    branch = Branch(
                        self.execution, machine, shared, self.variables, self.language, self.previous, extra
                    )
                    results[index] = branch.run(copy.deepcopy(given))
                    note("Succeeded", index)
                except TaskInterrupted:
                    note("Aborted", index)
                except TaskError as failed:
                    failures.append(failed)
                    note("Failed", index)
                    shared.interrupt()
                except Exception as broken:
                    failures.append(TaskError("States.Runtime", repr(broken)))
                    shared.interrupt()

        threads = [
            threading.Thread(target=contextvars.copy_context().run, args=(run_one, index, *item), daemon=True)
            for index, item in enumerate(work)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.scope.check()
        if failures:
            raise failures[0]
        self.previous = len(self.execution.record["events"])
        return results

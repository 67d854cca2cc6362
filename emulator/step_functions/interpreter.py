"""Runs the states of a state machine, or of one branch or item of it."""

from __future__ import annotations

import contextvars
import copy
import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ministack.services import stepfunctions

from emulator import clock
from emulator.step_functions import data
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
            raise _failure(state, frame)
        if kind in WITH_RETRY:
            value, next_name, assigned = self._run_with_retry(state, frame)
        elif kind == "Choice":
            value, next_name, assigned = _choose(state, frame)
        else:
            if kind == "Wait":
                self.scope.wait(clock.shortened(_seconds_to_wait(state, frame)))
            value, assigned = _finish(state, frame, _result_of_pass(state, frame))
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
                value, assigned = _finish(state, frame, work(state, frame))
                return value, state.get("Next", ""), assigned
            except TaskError as failed:
                self.context["State"] = entered
                delay = _delay_of_retry(state.get("Retry", []), failed, used)
                if delay is not None:
                    self.scope.wait(clock.shortened(delay))
                    entered["RetryCount"] = sum(used.values())
                    continue
                return self._catch(state, frame, failed)

    def _catch(self, state: State, frame: Frame, failed: TaskError) -> tuple[Any, str, dict[str, Any]]:
        catcher = next((c for c in state.get("Catch", []) if _matches(c["ErrorEquals"], failed)), None)
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
        items = _items(state, frame)
        self.event("MapStateStarted", "mapStateStartedEventDetails", length=len(items))
        processor = state.get("ItemProcessor") or state["Iterator"]
        work = []
        for index, item in enumerate(items):
            extra = {"Map": {"Item": {"Index": index, "Value": item}}}
            work.append((processor, _item_input(state, frame, item, extra), extra))
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


# --- one state's fields -----------------------------------------------------------------------------------------


def _finish(state: State, frame: Frame, result: Any) -> tuple[Any, dict[str, Any]]:
    return data.output(state, frame, result), data.assigned(state, frame.having(result=result))


def _result_of_pass(state: State, frame: Frame) -> Any:
    """What a Pass, Wait or Succeed state has as its result."""
    if frame.language == "JSONata":
        return frame.input
    return state["Result"] if "Result" in state else data.arguments(state, frame)


def _failure(state: State, frame: Frame) -> TaskError:
    texts = []
    for name in ("Error", "Cause"):
        path = state.get(f"{name}Path")
        if path is None:
            text = state.get(name, "")
            texts.append(data.evaluate_as(str, text, frame, name) if frame.language == "JSONata" else text)
        elif path.startswith("States."):
            texts.append(data.fill({"value.$": path}, frame.input, frame)["value"])
        else:
            texts.append(data.select(path, frame.input, frame, f"{name}Path"))
    for text in texts:
        if not isinstance(text, str):
            return TaskError("States.Runtime", f"The Error and Cause of a Fail state are strings, not {text!r}")
    return TaskError(*texts)


def _seconds_to_wait(state: State, frame: Frame) -> float:
    """Seconds of AWS's time."""
    name = next(key for key in ("Seconds", "Timestamp", "SecondsPath", "TimestampPath") if key in state)
    value = state[name]
    if frame.language == "JSONata":
        value = data.evaluate(value, frame, name)
    elif name.endswith("Path"):
        value = data.select(
            value, data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath"), frame, name
        )
    if name.startswith("Seconds"):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            error = "States.QueryEvaluationError" if frame.language == "JSONata" else "States.Runtime"
            raise TaskError(error, f"{name} of a Wait state is a whole number from 0, not {json.dumps(value)}")
        return value
    try:
        until = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())
    except (ValueError, TypeError):
        raise TaskError("States.Runtime", f"{name} is not an ISO 8601 time with a zone: {json.dumps(value)}") from None


def _choose(state: State, frame: Frame) -> tuple[Any, str, dict[str, Any]]:
    """The output, next state and variables of a Choice state."""
    if frame.language == "JSONata":
        for index, rule in enumerate(state["Choices"]):
            if data.evaluate_as(bool, rule["Condition"], frame, f"Choices[{index}]/Condition"):
                value, assigned = _finish(rule, frame, frame.input)
                return value, rule["Next"], assigned
    else:
        effective = data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath")
        for rule in state["Choices"]:
            if _holds(rule, effective, frame):
                return data.select(state.get("OutputPath", "$"), effective, frame, "OutputPath"), rule["Next"], {}
    if "Default" not in state:
        raise TaskError("States.NoChoiceMatched", "No choice rule matched and the state has no Default")
    if frame.language == "JSONata":
        value, assigned = _finish(state, frame, frame.input)
        return value, state["Default"], assigned
    return data.select(state.get("OutputPath", "$"), effective, frame, "OutputPath"), state["Default"], {}


def _holds(rule: State, given: Any, frame: Frame) -> bool:
    if "And" in rule:
        return all(_holds(each, given, frame) for each in rule["And"])
    if "Or" in rule:
        return any(_holds(each, given, frame) for each in rule["Or"])
    if "Not" in rule:
        return not _holds(rule["Not"], given, frame)
    variable = rule["Variable"]
    is_context = variable.startswith("$$")
    value = data.look_up(variable[1:] if is_context else variable, frame.context if is_context else given)
    if "IsPresent" in rule:
        return bool((value is not data.MISSING) == rule["IsPresent"])
    if value is data.MISSING:
        raise TaskError(
            "States.Runtime",
            f"Invalid path '{variable}': The choice state's condition path references an invalid value.",
        )
    try:
        return bool(stepfunctions._evaluate_rule(rule, given, frame.context))
    except stepfunctions._ExecutionError as failed:
        raise TaskError(failed.error, failed.cause) from None


def _items(state: State, frame: Frame) -> list[Any]:
    if frame.language == "JSONata":
        items = data.evaluate(state["Items"], frame, "Items") if "Items" in state else frame.input
    else:
        effective = data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath")
        items = data.select(state.get("ItemsPath", "$"), effective, frame, "ItemsPath")
    if not isinstance(items, list):
        raise TaskError("States.Runtime", f"A Map state needs an array of items, not {json.dumps(items)}")
    return items


def _item_input(state: State, frame: Frame, item: Any, extra: dict[str, Any]) -> Any:
    selector = state.get("ItemSelector", state.get("Parameters"))
    if selector is None:
        return item
    seen = Frame(frame.language, frame.input, {**frame.context, **extra}, frame.variables)
    if frame.language == "JSONata":
        return data.evaluate(selector, seen, "ItemSelector")
    return data.fill(selector, data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath"), seen)


def _matches(names: Sequence[str], failed: TaskError) -> bool:
    """States.Runtime ends the execution whatever is written; States.TaskFailed is all but States.Timeout."""
    if failed.error == "States.Runtime":
        return False
    if failed.error in names or "States.ALL" in names:
        return True
    return "States.TaskFailed" in names and failed.error != "States.Timeout"


def _delay_of_retry(retriers: Sequence[State], failed: TaskError, used: dict[int, int]) -> float | None:
    """Seconds of AWS's time to wait before the next attempt; None when there is none."""
    for index, retrier in enumerate(retriers):
        if _matches(retrier["ErrorEquals"], failed):
            done = used.get(index, 0)
            if done >= retrier.get("MaxAttempts", 3):
                return None
            used[index] = done + 1
            delay = float(retrier.get("IntervalSeconds", 1)) * float(retrier.get("BackoffRate", 2.0)) ** done
            delay = min(delay, float(retrier.get("MaxDelaySeconds", delay)))
            return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
    return None

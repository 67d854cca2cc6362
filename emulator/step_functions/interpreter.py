"""Runs the states of a state machine, or of one item of it."""

import contextvars
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.services import stepfunctions

from emulator import clock
from emulator.step_functions import data, fan_out, faulty, integrations, state_fields, tasks
from emulator.step_functions.data import Frame, to_text
from emulator.step_functions.errors import RUNTIME, QueryError, TaskError, TaskInterrupted
from emulator.step_functions.execution import WHOLE, Execution, Scope, add_event
from emulator.step_functions.state_fields import Outcome, State

WITH_RETRY = ("Task", "Map")
ABORTABLE = (*WITH_RETRY, "Wait")


class Branch:
    """The execution of a machine or of a Map item.

    A branch reads the variables of its parent and does not change them.
    """

    def __init__(
        self,
        execution: Execution,
        machine: State,
        scope: Scope,
        variables: Mapping[str, Any],
        previous: int = 0,
        extra_context: Mapping[str, Any] | None = None,
        parent: "Branch | None" = None,
    ) -> None:
        self.execution = execution
        self.states: Mapping[str, State] = machine["States"]
        self.start: str = machine["StartAt"]
        self.scope = scope
        self.variables = dict(variables)
        self.previous = previous
        """The event that the next event follows."""
        self.context: dict[str, Any] = {**(parent.context if parent else execution.context()), **(extra_context or {})}
        self.aborted = ""
        """The type of the interrupted state, if AWS has an event for its interruption."""

    def event(self, kind: str, member: str | None = None, /, **details: Any) -> int:
        """Append an event after this branch's last event; `member` contains the details."""
        self.scope.check()
        self.previous = self.aside(kind, member, **details) or self.previous
        return self.previous

    def aside(self, kind: str, member: str | None = None, /, **details: Any) -> int:
        """Append an event that the next event does not follow."""
        return add_event(self.execution.record, kind, {member: details} if member else None, self.previous)

    def child(self, machine: State, scope: Scope, previous: int, extra_context: Mapping[str, Any]) -> "Branch":
        return Branch(self.execution, machine, scope, self.variables, previous, extra_context, self)

    def run(self, given: Any) -> Any:
        """Run all states; returns the last state's output."""
        value, name = given, self.start
        while name:
            value, name = self._run_state(name, self.states[name], value)
        return value

    def _run_state(self, name: str, state: State, given: Any) -> tuple[Any, str]:
        self.scope.check()
        self.execution.check_machine()
        kind, before = state["Type"], self.previous
        self.context["State"] = {"Name": name, "EnteredTime": stepfunctions.now_iso()}
        if kind in WITH_RETRY:
            self.context["State"]["RetryCount"] = 0
        details = {"name": name, "input": to_text(given), "inputDetails": WHOLE}
        entered = self.event(f"{kind}StateEntered", "stateEnteredEventDetails", **details)
        frame = Frame(given, self.context, self.variables, name, entered)
        try:
            self._stop_on_order(name, kind)
            run = self._run_with_retry if kind in WITH_RETRY else self._run_simple
            value, next_name, assigned = run(state, frame, before)
        except TaskInterrupted:
            self.aborted = kind if kind in ABORTABLE else ""
            raise
        self.variables.update(assigned)
        exited = {"name": name, "output": to_text(value), "outputDetails": WHOLE}
        if assigned:
            exited["assignedVariables"] = {key: to_text(item) for key, item in assigned.items()}
            exited["assignedVariablesDetails"] = WHOLE
        self.event(f"{kind}StateExited", "stateExitedEventDetails", **exited)
        return value, next_name

    def _stop_on_order(self, name: str, kind: str) -> None:
        """Injected stops of Task states are in their attempts."""
        if kind not in WITH_RETRY and self.execution.faults.take(name):
            self.execution.abort(faulty.STOPPED)
            self.scope.check()

    def _run_simple(self, state: State, frame: Frame, before: int) -> Outcome:
        try:
            if state["Type"] == "Fail":
                raise state_fields.failure(state, frame)
            if state["Type"] == "Choice":
                return state_fields.choose(state, frame)
            if state["Type"] == "Wait":
                self.scope.wait(clock.shortened(state_fields.seconds_to_wait(state, frame)))
            return state_fields.finish(state, frame, frame.input)
        except TaskError as failed:
            raise self._noted(failed, frame, before) from None

    def _noted(self, failed: TaskError, frame: Frame, before: int) -> TaskError:
        """The error, after its EvaluationFailed event is added to the history."""
        if not isinstance(failed, QueryError):
            return failed
        details = {**failed.details(), **({"location": failed.location} if failed.location else {})}
        if self.previous == frame.entered and not failed.evaluated:
            self.previous = before  # follows the event before the entry, as in all recordings of AWS
        self.event("EvaluationFailed", "evaluationFailedEventDetails", **details, state=frame.state)
        return TaskError(failed.error, failed.cause)

    def _run_with_retry(self, state: State, frame: Frame, before: int) -> Outcome:
        used: dict[int, int] = {}
        work = self._run_task if state["Type"] == "Task" else self._run_map
        while True:
            entered = self.context["State"]
            try:
                result = work(state, frame)
                return state_fields.finish(state, frame.having(result=result), result)
            except TaskError as error:
                self.context["State"] = entered
                failed = self._noted(error, frame, before)
                delay = state_fields.delay_of_retry(state.get("Retry", []), failed, used)
                if delay is None:
                    return self._catch(state, frame, failed)
                self.scope.wait(clock.shortened(delay))
                self.execution.check_machine()
                entered["RetryCount"] = sum(used.values())

    def _catch(self, state: State, frame: Frame, failed: TaskError) -> Outcome:
        before = self.previous
        self._note_failed(state, failed)
        for index, catcher in enumerate(state.get("Catch", [])):
            if state_fields.matches(catcher["ErrorEquals"], failed):
                seen = frame.having(errorOutput=failed.output())
                try:
                    return state_fields.finish(catcher, seen, failed.output(), f"Catch[{index}]/")
                except QueryError as again:
                    self.previous = before
                    failed = self._noted(again, frame, before)
                    self._note_failed(state, failed)
                break
        self.aborted = "Task" if state["Type"] == "Task" else ""
        raise failed

    def _note_failed(self, state: State, failed: TaskError) -> None:
        if state["Type"] == "Map" and failed.error != RUNTIME:
            self.event("MapStateFailed")

    def _run_task(self, state: State, frame: Frame) -> Any:
        return _attempt(self.execution, self.scope, self.event, state, frame)

    def _run_map(self, state: State, frame: Frame) -> Any:
        items = state_fields.items(state, frame)
        concurrency = data.whole_number(state.get("MaxConcurrency", 0), frame, "MaxConcurrency")
        self.event("MapStateStarted", "mapStateStartedEventDetails", length=len(items))
        work = [self._item(state, frame, index, item) for index, item in enumerate(items)]
        results = fan_out.run(self, state["ItemProcessor"], work, concurrency, frame.state)
        self.aside("MapStateSucceeded")
        return results

    def _item(self, state: State, frame: Frame, index: int, item: Any) -> fan_out.Work:
        extra = {"Map": {"Item": {"Index": index, "Value": item}}}
        return fan_out.Work(state_fields.item_input(state, frame, item, extra), extra)


def _attempt(execution: Execution, parent: Scope, event: Callable[..., int], state: State, frame: Frame) -> Any:
    """The task's result. TaskError when the task fails or times out."""
    scope, resource = Scope(parent), state["Resource"]
    prefix, action, pattern = integrations.split(resource)
    integration = integrations.find(prefix)
    named = {
        "resourceType": prefix.removeprefix("arn:aws:states:::").removesuffix(":"),
        "resource": action + (f".{pattern}" if pattern else ""),
    }

    def note(what: str, **details: Any) -> None:
        event(f"Task{what}", f"task{what}EventDetails", **named, **details)

    arguments = faulty.without_our_token(data.arguments(state, frame))
    timeout = None  # in real seconds: time limits of work are not shortened
    if "TimeoutSeconds" in state:
        timeout = data.whole_number(state["TimeoutSeconds"], frame, "TimeoutSeconds", least=1)
    limits = {"timeoutInSeconds": timeout} if timeout else {}
    note("Scheduled", region=execution.region, parameters=to_text(arguments), **limits)
    note("Started")
    task = integrations.Task(
        resource=resource,
        action=action,
        sync=pattern.startswith("sync"),
        arguments=arguments,
        role_arn=execution.role_arn,
        execution_arn=execution.arn,
        error_prefix=integration.error_prefix if integration else "",
        stopping=scope.interrupted,
        wait=scope.wait,
        submitted=lambda answer: note("Submitted", output=to_text(answer), outputDetails=WHOLE),
    )
    try:
        result = _within(scope, timeout, _work(execution, scope, task, frame.state))
        data.limited(result, named["resourceType"])
    except TaskError as failed:
        note("TimedOut" if failed.error == "States.Timeout" else "Failed", **failed.details())
        raise
    note("Succeeded", output=to_text(result), outputDetails=WHOLE)
    return result


def _work(execution: Execution, scope: Scope, task: integrations.Task, state: str) -> Callable[[], Any]:
    fault = execution.faults.take(state)
    if fault is None:
        return partial(tasks.perform, task)
    return partial(faulty.perform, fault, task, execution, scope)


def _within(scope: Scope, timeout: int | None, perform: Callable[[], Any]) -> Any:
    """The result of `perform`, which runs in a separate thread, so that a time-out or a stop does not wait for it."""
    ended = threading.Event()
    outcome: list[Any] = []

    def work() -> None:
        try:
            outcome.extend((perform(), None))
        except (TaskError, TaskInterrupted) as failed:
            outcome.extend((None, failed))
        except Exception as broken:
            outcome.extend((None, TaskError(RUNTIME, repr(broken))))
        finally:
            ended.set()

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    if not scope.wait_for(ended, timeout):
        scope.interrupt()
        raise TaskError("States.Timeout")
    result, failed = outcome
    if failed is not None:
        raise failed
    return result

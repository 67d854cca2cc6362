"""One attempt of a Task state: its history, its time limits, its interruption."""

import contextvars
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from emulator.step_functions import data, faulty, integrations, tasks
from emulator.step_functions.data import Frame, to_text
from emulator.step_functions.errors import RUNTIME, TaskError, TaskInterrupted
from emulator.step_functions.execution import WHOLE, Execution, Scope
from emulator.step_functions.state_fields import State


def run(execution: Execution, parent: Scope, event: Callable[..., int], state: State, frame: Frame) -> Any:
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

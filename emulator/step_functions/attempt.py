"""One attempt of a Task state: its history, its time limits, its interruption."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping
from typing import Any

from emulator.step_functions import data, integrations, tasks
from emulator.step_functions.data import Frame, to_text
from emulator.step_functions.errors import RUNTIME, TaskError, TaskInterrupted
from emulator.step_functions.execution import WHOLE, Execution, Scope
from emulator.step_functions.integrations import Task


class Attempt:
    """Runs the task in a thread of its own, so that a time-out or a stop need not wait for it."""

    def __init__(
        self,
        execution: Execution,
        scope: Scope,
        event: Callable[..., int],
        state: Mapping[str, Any],
        frame: Frame,
    ) -> None:
        self.execution = execution
        self.scope = Scope(scope)
        self.state = state
        self.frame = frame
        self.resource: str = state["Resource"]
        self._event = event
        prefix, self._action, self._pattern = integrations.split(self.resource)
        self._integration = integrations.find(prefix)
        self._named = {
            "resourceType": prefix.removeprefix("arn:aws:states:::").removesuffix(":"),
            "resource": self._action + (f".{self._pattern}" if self._pattern else ""),
        }

    def run(self) -> Any:
        """The task's result; TaskError when it failed or timed out."""
        arguments = data.arguments(self.state, self.frame)
        timeout = self._timeout()
        limits = {"timeoutInSeconds": timeout} if timeout else {}
        details = {**self._named, "region": self.execution.region, "parameters": to_text(arguments), **limits}
        self._event("TaskScheduled", "taskScheduledEventDetails", **details)
        self._event("TaskStarted", "taskStartedEventDetails", **self._named)
        try:
            result = self._within(timeout, lambda: self._perform(arguments))
            data.limited(result, self._named["resourceType"])
        except TaskError as failed:
            self._note("TimedOut" if failed.error == "States.Timeout" else "Failed", **failed.details())
            raise
        self._note("Succeeded", output=to_text(result), outputDetails=WHOLE)
        return result

    def _timeout(self) -> int | None:
        """TimeoutSeconds in real seconds: limits of real work are never shortened."""
        if "TimeoutSeconds" not in self.state:
            return None
        return data.whole_number(self.state["TimeoutSeconds"], self.frame, "TimeoutSeconds", least=1)

    def _within(self, timeout: int | None, perform: Callable[[], Any]) -> Any:
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
        if not self.scope.wait_for(ended, timeout):
            self.scope.interrupt()
            raise TaskError("States.Timeout")
        result, failed = outcome
        if failed is not None:
            raise failed
        return result

    def _perform(self, arguments: Any) -> Any:
        return tasks.perform(
            Task(
                resource=self.resource,
                action=self._action,
                sync=self._pattern.startswith("sync"),
                arguments=arguments,
                role_arn=self.execution.role_arn,
                execution_arn=self.execution.arn,
                error_prefix=self._integration.error_prefix if self._integration else "",
                stopping=self.scope.interrupted,
                wait=self.scope.wait,
                submitted=lambda answer: self._note("Submitted", output=to_text(answer), outputDetails=WHOLE),
            )
        )

    def _note(self, what: str, **details: Any) -> None:
        self._event(f"Task{what}", f"task{what}EventDetails", **self._named, **details)

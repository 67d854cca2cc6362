"""One attempt of a Task state: its history, its time limits, its interruption."""

from __future__ import annotations

import contextvars
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import stepfunctions

from emulator.step_functions import data, integrations, tasks
from emulator.step_functions.data import Frame
from emulator.step_functions.errors import TaskError, TaskInterrupted
from emulator.step_functions.execution import Execution
from emulator.step_functions.integrations import Task
from emulator.step_functions.scope import Scope

MAX_BYTES = 262_144
"""The most a task's result may have, as JSON in UTF-8."""

CALLBACK = "waitForTaskToken"


class Attempt:
    """Runs the task in a thread of its own, so that a time-out or a stop need not wait for it."""

    def __init__(
        self,
        execution: Execution,
        scope: Scope,
        event: Callable[..., None],
        state: Mapping[str, Any],
        frame: Frame,
    ) -> None:
        self.execution = execution
        self.scope = Scope(scope)
        self.state = state
        self.frame = frame
        self.resource: str = state["Resource"]
        self._event = event
        self._direct = bool(tasks.LAMBDA_ARN.match(self.resource))
        prefix, action, self.pattern = integrations.split(self.resource)
        service = prefix.removeprefix("arn:aws:states:::").removesuffix(":")
        self._named = {"resourceType": service, "resource": action + (f".{self.pattern}" if self.pattern else "")}
        self.token = str(uuid.uuid4())

    def run(self) -> Any:
        """The task's result; TaskError when it failed or timed out."""
        if self.pattern == CALLBACK:
            self.frame.context["Task"] = {"Token": self.token}
            answered = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
            stepfunctions._task_tokens[self.token] = answered
        arguments = data.arguments(self.state, self.frame)
        timeout, heartbeat = self._limit("TimeoutSeconds"), self._limit("HeartbeatSeconds")
        self._note_scheduled(arguments, timeout, heartbeat)
        try:
            result = self._within(timeout, lambda: self._perform(arguments, heartbeat))
            if len(json.dumps(result, ensure_ascii=False).encode()) > MAX_BYTES:
                raise TaskError(
                    "States.DataLimitExceeded",
                    f"The state/task '{self.resource if self._direct else self._named['resourceType']}' returned a "
                    "result with a size exceeding the maximum number of bytes service limit.",
                )
        except TaskError as failed:
            timed_out = failed.error in ("States.Timeout", "States.HeartbeatTimeout")
            self._note("TimedOut" if timed_out else "Failed", **_error_details(failed))
            raise
        finally:
            stepfunctions._task_tokens.pop(self.token, None)
        self._note("Succeeded", output=json.dumps(result), outputDetails={"truncated": False})
        return result

    def _limit(self, name: str) -> int | None:
        """TimeoutSeconds or HeartbeatSeconds in real seconds: limits of real work are never shortened."""
        if f"{name}Path" in self.state:
            value = data.select(self.state[f"{name}Path"], self.frame.input, self.frame, f"{name}Path")
        elif name in self.state:
            value = data.evaluate(self.state[name], self.frame, name)
        else:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            error = "States.QueryEvaluationError" if self.frame.language == "JSONata" else "States.Runtime"
            raise TaskError(error, f"{name} is a whole number from 1, not {json.dumps(value)}")
        return value

    def _within(self, timeout: int | None, perform: Callable[[], Any]) -> Any:
        ended = threading.Event()
        outcome: list[Any] = []

        def work() -> None:
            try:
                outcome.extend((perform(), None))
            except (TaskError, TaskInterrupted) as failed:
                outcome.extend((None, failed))
            except Exception as broken:
                outcome.extend((None, TaskError("States.Runtime", repr(broken))))
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

    def _perform(self, arguments: Any, heartbeat: int | None) -> Any:
        prefix, action, pattern = integrations.split(self.resource)
        integration = integrations.find(prefix)
        result = tasks.perform(
            Task(
                resource=self.resource,
                action=action,
                sync=pattern.startswith("sync"),
                arguments=arguments,
                role_arn=self.execution.role_arn,
                execution_arn=self.execution.arn,
                error_prefix=integration.error_prefix if integration else "",
                stopping=self.scope.interrupted,
                wait=self.scope.wait,
                submitted=self._note_submitted,
            )
        )
        if pattern != CALLBACK:
            return result
        self._note_submitted(result)
        return self._answer(heartbeat)

    def _answer(self, heartbeat: int | None) -> Any:
        """What SendTaskSuccess gives; TaskError from SendTaskFailure or when heartbeats stay away."""
        answered = stepfunctions._task_tokens[self.token]
        beat, last_beat = answered["heartbeat"], time.monotonic()
        while not self.scope.wait_for(answered["event"], 0.2):
            if answered["heartbeat"] != beat:
                beat, last_beat = answered["heartbeat"], time.monotonic()
            if heartbeat is not None and time.monotonic() - last_beat > heartbeat:
                raise TaskError("States.HeartbeatTimeout")
        if answered["error"]:
            raise TaskError(answered["error"]["Error"], answered["error"]["Cause"])
        return json.loads(answered["result"])

    # --- history ------------------------------------------------------------------------------------------------

    def _note_scheduled(self, arguments: Any, timeout: int | None, heartbeat: int | None) -> None:
        limits = {
            **({"timeoutInSeconds": timeout} if timeout else {}),
            **({"heartbeatInSeconds": heartbeat} if heartbeat else {}),
        }
        text = json.dumps(arguments)
        if self._direct:
            details = {"resource": self.resource, "input": text, "inputDetails": {"truncated": False}, **limits}
            self._event("LambdaFunctionScheduled", "lambdaFunctionScheduledEventDetails", **details)
            self._event("LambdaFunctionStarted")
            return
        details = {**self._named, "region": self.execution.region, "parameters": text, **limits}
        self._event("TaskScheduled", "taskScheduledEventDetails", **details)
        self._event("TaskStarted", "taskStartedEventDetails", **self._named)

    def _note_submitted(self, answer: Any) -> None:
        output = {"output": json.dumps(answer), "outputDetails": {"truncated": False}}
        self._event("TaskSubmitted", "taskSubmittedEventDetails", **self._named, **output)

    def _note(self, ending: str, **details: Any) -> None:
        if self._direct:
            self._event(f"LambdaFunction{ending}", f"lambdaFunction{ending}EventDetails", **details)
        else:
            self._event(f"Task{ending}", f"task{ending}EventDetails", **self._named, **details)


def _error_details(failed: TaskError) -> dict[str, str]:
    return {"error": failed.error, **({"cause": failed.cause} if failed.cause else {})}

"""The fields of a state: output, next state, wait time, retries."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from emulator.step_functions import data
from emulator.step_functions.data import Frame
from emulator.step_functions.errors import DATA_LIMIT, RUNTIME, TaskError

State = Mapping[str, Any]
Outcome = tuple[Any, str, dict[str, Any]]
"""The output, the next state or "", and the variables."""

_OFFSET_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d(:\d\d)?)")


def finish(owner: State, frame: Frame, result: Any, path: str = "") -> Outcome:
    """The outcome of a state, a rule or a catcher with the `result` of its work."""
    value = data.output(owner, frame, result, path)
    return value, owner.get("Next", ""), data.assigned(owner, frame, path)


def failure(state: State, frame: Frame) -> TaskError:
    error, cause = (data.evaluate_as("string", state.get(name, ""), frame, name) for name in ("Error", "Cause"))
    return TaskError(error, cause)


def seconds_to_wait(state: State, frame: Frame) -> float:
    """The wait time in seconds, before the clock factor."""
    if "Seconds" in state:
        return data.whole_number(state["Seconds"], frame, "Seconds")
    text = data.evaluate_as("string", state["Timestamp"], frame, "Timestamp")
    try:
        until = moment(text)
    except ValueError:
        raise frame.error(
            f"The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: {text}",
            "Timestamp",
            evaluated=True,
        ) from None
    return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())


def moment(text: str) -> datetime:
    """The time in a text with date and zone, like 2026-03-01T12:00:00Z, up to nanoseconds. ValueError otherwise."""
    if not _OFFSET_DATE_TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))


def choose(state: State, frame: Frame) -> Outcome:
    for index, rule in enumerate(state["Choices"]):
        path = f"Choices[{index}]/"
        if data.evaluate_as("boolean", rule["Condition"], frame, f"{path}Condition"):
            return finish(rule, frame, frame.input, path)
    if "Default" not in state:
        raise TaskError(
            RUNTIME, f"{frame.where()}Failed to transition out of the state. The state does not point to a next state."
        )
    value, _, assigned = finish(state, frame, frame.input)
    return value, state["Default"], assigned


def items(state: State, frame: Frame) -> list[Any]:
    if "Items" in state:
        found: list[Any] = data.evaluate_as("array", state["Items"], frame, "Items")
        return found
    if not isinstance(frame.input, list):
        text = data.to_text(frame.input)
        raise frame.error(f"Map state input must be an array but was: {text}")
    return frame.input


def item_input(state: State, frame: Frame, item: Any, extra: Mapping[str, Any]) -> Any:
    if "ItemSelector" not in state:
        return item
    seen = replace(frame, context={**frame.context, **extra})
    return data.limited(data.evaluate(state["ItemSelector"], seen, "ItemSelector"), frame.state)


def matches(names: Sequence[str], failed: TaskError) -> bool:
    """States.Runtime never matches, States.DataLimitExceeded only by its name.

    States.TaskFailed matches all errors except States.Timeout.
    """
    if failed.error == RUNTIME:
        return False
    if failed.error in names:
        return True
    if failed.error == DATA_LIMIT:
        return False
    return "States.ALL" in names or ("States.TaskFailed" in names and failed.error != "States.Timeout")


def delay_of_retry(retriers: Sequence[State], failed: TaskError, used: dict[int, int]) -> float | None:
    """Seconds before the next attempt, before the clock factor; None when the error is not retried."""
    for index, retrier in enumerate(retriers):
        if matches(retrier["ErrorEquals"], failed):
            done = used.get(index, 0)
            if done >= retrier.get("MaxAttempts", 3):
                return None
            used[index] = done + 1
            delay = float(retrier.get("IntervalSeconds", 1)) * float(retrier.get("BackoffRate", 2.0)) ** done
            delay = min(delay, float(retrier.get("MaxDelaySeconds", delay)))
            return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay
    return None

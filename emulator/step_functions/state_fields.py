"""What the fields of one state say: its result, its next state, how long it waits, whether it tries again."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ministack.services import stepfunctions

from emulator.step_functions import data
from emulator.step_functions.data import Frame
from emulator.step_functions.errors import TaskError

State = Mapping[str, Any]


def finish(state: State, frame: Frame, result: Any) -> tuple[Any, dict[str, Any]]:
    return data.output(state, frame, result), data.assigned(state, frame.having(result=result))


def result_of_pass(state: State, frame: Frame) -> Any:
    """What a Pass, Wait or Succeed state has as its result."""
    if frame.language == "JSONata":
        return frame.input
    return state["Result"] if "Result" in state else data.arguments(state, frame)


def failure(state: State, frame: Frame) -> TaskError:
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


def seconds_to_wait(state: State, frame: Frame) -> float:
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


def choose(state: State, frame: Frame) -> tuple[Any, str, dict[str, Any]]:
    """The output, next state and variables of a Choice state."""
    if frame.language == "JSONata":
        for index, rule in enumerate(state["Choices"]):
            if data.evaluate_as(bool, rule["Condition"], frame, f"Choices[{index}]/Condition"):
                value, assigned = finish(rule, frame, frame.input)
                return value, rule["Next"], assigned
    else:
        effective = data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath")
        for rule in state["Choices"]:
            if _holds(rule, effective, frame):
                return data.select(state.get("OutputPath", "$"), effective, frame, "OutputPath"), rule["Next"], {}
    if "Default" not in state:
        raise TaskError("States.NoChoiceMatched", "No choice rule matched and the state has no Default")
    if frame.language == "JSONata":
        value, assigned = finish(state, frame, frame.input)
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


def items(state: State, frame: Frame) -> list[Any]:
    if frame.language == "JSONata":
        items = data.evaluate(state["Items"], frame, "Items") if "Items" in state else frame.input
    else:
        effective = data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath")
        items = data.select(state.get("ItemsPath", "$"), effective, frame, "ItemsPath")
    if not isinstance(items, list):
        raise TaskError("States.Runtime", f"A Map state needs an array of items, not {json.dumps(items)}")
    return items


def item_input(state: State, frame: Frame, item: Any, extra: dict[str, Any]) -> Any:
    selector = state.get("ItemSelector", state.get("Parameters"))
    if selector is None:
        return item
    seen = Frame(frame.language, frame.input, {**frame.context, **extra}, frame.variables)
    if frame.language == "JSONata":
        return data.evaluate(selector, seen, "ItemSelector")
    return data.fill(selector, data.select(state.get("InputPath", "$"), frame.input, frame, "InputPath"), seen)


def matches(names: Sequence[str], failed: TaskError) -> bool:
    """States.Runtime ends the execution whatever is written; States.TaskFailed is all but States.Timeout."""
    if failed.error == "States.Runtime":
        return False
    if failed.error in names or "States.ALL" in names:
        return True
    return "States.TaskFailed" in names and failed.error != "States.Timeout"


def delay_of_retry(retriers: Sequence[State], failed: TaskError, used: dict[int, int]) -> float | None:
    """Seconds of AWS's time to wait before the next attempt; None when there is none."""
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

"""How data flows through a state: JSONPath, intrinsic functions and JSONata, failing where AWS fails.

MiniStack's parsers and JSONata engine do the reading; what is decided here is what counts as an error.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonata  # type: ignore[import-untyped]
from ministack.services import stepfunctions

from emulator.step_functions.errors import TaskError

MISSING = object()
EXPRESSION_SECONDS = 1.0


@dataclass
class Frame:
    """What expressions of one state can see."""

    language: str
    input: Any
    context: dict[str, Any]
    variables: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    """`$states.result` or `$states.errorOutput`, where the state has one."""

    def having(self, **extra: Any) -> Frame:
        return Frame(self.language, self.input, self.context, self.variables, extra)


# --- JSONPath ---------------------------------------------------------------------------------------------------


def look_up(path: str, data: Any) -> Any:
    """The value of a reference path, MISSING when there is none; TaskError when the syntax is not known here."""
    if path == "$":
        return data
    tokens = stepfunctions._parse_jsonpath_tokens(path)
    if not path.startswith("$") or tokens is None:
        raise TaskError(
            "States.Runtime",
            f"The local AWS does not know the JSONPath syntax of '{path}' (it knows fields, indexes and [*]).",
        )
    values = [data]
    projected = False
    for kind, key in tokens:
        projected = projected or kind == "wildcard"
        values = [found for value in values for found in _step(kind, key, value)]
    if projected:
        return values
    return values[0] if values else MISSING


def _step(kind: str, key: Any, value: Any) -> list[Any]:
    if kind == "wildcard":
        return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else []
    if kind == "field":
        return [value[key]] if isinstance(value, dict) and key in value else []
    return [value[key]] if isinstance(value, list) and key < len(value) else []


def strict_look_up(path: str, data: Any) -> Any:
    """Replaces MiniStack's lenient look-up, which answers null for a path that is not there."""
    value = look_up(path, data)
    if value is MISSING:
        raise stepfunctions._ExecutionError(
            "States.ParameterPathFailure",
            f"The JSONPath '{path}' could not be found in the input '{json.dumps(data)}'",
        )
    return value


def select(path: str | None, data: Any, frame: Frame, field_name: str) -> Any:
    """The value of an InputPath, OutputPath, ItemsPath or …Path field; null selects an empty object."""
    if path is None:
        return {}
    value = look_up(path[1:], frame.context) if path.startswith("$$") else look_up(path, data)
    if value is MISSING:
        raise TaskError(
            "States.Runtime",
            f"Invalid path '{path}': the {field_name} could not be found in the input '{json.dumps(data)}'",
        )
    return value


def fill(template: Any, data: Any, frame: Frame) -> Any:
    """A payload template (Parameters, ResultSelector, ItemSelector) with its `.$` fields resolved."""
    try:
        return stepfunctions._resolve_params_obj(template, data, frame.context)
    except stepfunctions._ExecutionError as failed:
        raise TaskError(failed.error, failed.cause) from None
    except (TypeError, ValueError, AttributeError, IndexError) as failed:
        raise TaskError("States.IntrinsicFailure", str(failed)) from None


def put(path: str | None, original: Any, result: Any) -> Any:
    """`result` placed at a ResultPath of `original`; null discards it."""
    if path is None:
        return copy.deepcopy(original)
    if path == "$":
        return result
    tokens = stepfunctions._parse_jsonpath_tokens(path) or []
    output = copy.deepcopy(original)
    if not isinstance(output, dict) or not tokens or any(kind != "field" for kind, _ in tokens):
        raise TaskError(
            "States.ResultPathMatchFailure",
            f"Unable to apply ResultPath '{path}' to input '{json.dumps(original)}'",
        )
    here = output
    for _, key in tokens[:-1]:
        here = here.setdefault(key, {})
        if not isinstance(here, dict):
            raise TaskError("States.ResultPathMatchFailure", f"Unable to apply ResultPath '{path}'")
    here[tokens[-1][1]] = result
    return output


# --- JSONata ----------------------------------------------------------------------------------------------------


def is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def evaluate(template: Any, frame: Frame, field_name: str) -> Any:
    """`template` with every `{% … %}` in it replaced by its value."""
    if is_expression(template):
        return _evaluate_expression(template[2:-2].strip(), frame, field_name)
    if isinstance(template, dict):
        return {key: evaluate(value, frame, f"{field_name}/{key}") for key, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, frame, f"{field_name}[{index}]") for index, value in enumerate(template)]
    return template


def _evaluate_expression(expression: str, frame: Frame, field_name: str) -> Any:
    states = {"input": frame.input, "context": frame.context, **frame.extra}
    null = jsonata.utils.Utils.NULL_VALUE
    bindings = {name: null if value is None else value for name, value in frame.variables.items()}
    bindings["states"] = states
    try:
        value = _parsed(expression).evaluate(None, bindings)
        defined = value is not None or bool(_parsed(f"$exists(({expression}))").evaluate(None, bindings))
    except Exception as failed:  # the engine raises whatever the Python it runs on raises
        code = getattr(failed, "error", None)
        reason = f"{code}: {failed}" if isinstance(code, str) and code else str(failed)
        raise TaskError(
            "States.QueryEvaluationError", _jsonata_cause(frame, field_name, f"{expression}' threw an error: {reason}")
        ) from None
    if not defined:
        raise TaskError(
            "States.QueryEvaluationError",
            _jsonata_cause(frame, field_name, f"{expression}' returned nothing (undefined)."),
        )
    return value


def _jsonata_cause(frame: Frame, field_name: str, ending: str) -> str:
    name = frame.context.get("State", {}).get("Name", "")
    return f"An error occurred while executing the state '{name}'. The JSONata expression '{ending} Field: {field_name}"


class _ComputingTime(jsonata.timebox.Timebox):  # type: ignore[misc]
    """Stops an expression that computes for a second, as AWS does; the library counts what a busy machine does too."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._began = time.thread_time()

    def check_runaway(self) -> None:
        if time.thread_time() - self._began > EXPRESSION_SECONDS:
            raise jsonata.jexception.JException("D1012", -1, round(EXPRESSION_SECONDS * 1000))


def _parsed(expression: str) -> Any:
    parsed = jsonata.Jsonata.jsonata(expression)
    _ComputingTime(parsed.environment)
    stepfunctions._register_sfn_jsonata_functions(parsed)
    return parsed


def evaluate_as(expected: type | tuple[type, ...], template: Any, frame: Frame, field_name: str) -> Any:
    """`evaluate`, and the result has to be of the JSON type(s) `expected`."""
    value = evaluate(template, frame, field_name)
    if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
        raise TaskError(
            "States.QueryEvaluationError",
            f"The JSONata expression for the field '{field_name}' returned an unexpected result type: "
            f"{json.dumps(value)}",
        )
    return value


# --- whole states -----------------------------------------------------------------------------------------------


def assigned(owner: Mapping[str, Any], frame: Frame) -> dict[str, Any]:
    """The variables that `owner`'s Assign sets, all computed from the values before."""
    return {name: evaluate(value, frame, f"Assign/{name}") for name, value in owner.get("Assign", {}).items()}


def arguments(state: Mapping[str, Any], frame: Frame) -> Any:
    """What the state's task, branches or items receive."""
    if frame.language == "JSONata":
        return evaluate(state["Arguments"], frame, "Arguments") if "Arguments" in state else frame.input
    effective = select(state.get("InputPath", "$"), frame.input, frame, "InputPath")
    return fill(state["Parameters"], effective, frame) if "Parameters" in state else effective


def output(state: Mapping[str, Any], frame: Frame, result: Any) -> Any:
    """The state's output, from the `result` of its work."""
    if frame.language == "JSONata":
        return evaluate(state["Output"], frame.having(result=result), "Output") if "Output" in state else result
    if "ResultSelector" in state:
        result = fill(state["ResultSelector"], result, frame)
    placed = put(state.get("ResultPath", "$"), frame.input, result)
    return select(state.get("OutputPath", "$"), placed, frame, "OutputPath")

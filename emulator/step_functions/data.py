"""The data flow of a state: JSONata templates, types of fields, and the size limit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from emulator.java_numbers import java_double
from emulator.step_functions import expressions
from emulator.step_functions.errors import DATA_LIMIT, QueryError, TaskError

MAX_BYTES = 262_144
"""Maximum size of an input, an output, a result or the variables of one Assign, as JSON in UTF-8."""


@dataclass(frozen=True)
class Frame:
    """The data that expressions of one state can access."""

    input: Any
    context: Mapping[str, Any]
    variables: Mapping[str, Any]
    state: str
    """The state's name."""
    entered: int = 0
    """The id of the state's StateEntered event."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """`$states.result` or `$states.errorOutput`."""

    def having(self, **extra: Any) -> "Frame":
        return replace(self, extra=extra)

    def error(self, cause: str, location: str = "", *, evaluated: bool = False) -> QueryError:
        return QueryError(self.where() + cause, location, evaluated=evaluated)

    def where(self) -> str:
        """The start of the cause of AWS's errors."""
        return f"An error occurred while executing the state '{self.state}' (entered at the event id #{self.entered}). "


def to_text(value: Any) -> str:
    """JSON in AWS's format: without blanks, numbers as in Java."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{to_text(name)}:{to_text(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(to_text, value)) + "]"
    if isinstance(value, float):
        return java_double(value)
    return json.dumps(value, ensure_ascii=False)


def limited(value: Any, of: str) -> Any:
    """`value`. TaskError when it exceeds the size limit; `of` is a state's name or a task's resource."""
    if len(to_text(value).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TaskError(
            DATA_LIMIT,
            f"The state/task '{of}' returned a result with a size exceeding the maximum number of bytes service limit.",
        )
    return value


def evaluate(template: Any, frame: Frame, location: str) -> Any:
    """`template` with each `{% … %}` replaced by its value."""
    if expressions.is_expression(template):
        return _evaluate_expression(expressions.source(template), frame, location)
    if isinstance(template, dict):
        return {key: evaluate(value, frame, f"{location}/{key}") for key, value in template.items()}
    if isinstance(template, list):
        return [evaluate(value, frame, f"{location}[{index}]") for index, value in enumerate(template)]
    return template


def _evaluate_expression(expression: str, frame: Frame, location: str) -> Any:
    seen = {**frame.variables, "states": {"input": frame.input, "context": frame.context, **frame.extra}}
    begin = f"The JSONata expression '{expression}' specified for the field '{location}' "
    try:
        value = expressions.evaluate(expression, expressions.as_binding(seen))
    except expressions.ExpressionError as failed:
        reason = f". {failed.code}: {failed.message}" if failed.code else f": {failed.message}"
        raise frame.error(f"{begin}threw an error during evaluation{reason}", location) from None
    if value is expressions.UNDEFINED:
        raise frame.error(f"{begin}returned nothing (undefined).", location)
    if value is expressions.UNSUPPORTED:
        raise frame.error(f"{begin}returned an unsupported result type.", location)
    return value


_TYPES = {"NoneType": "null", "bool": "boolean", "int": "number", "float": "number", "str": "string", "list": "array"}


def evaluate_as(expected: str, template: Any, frame: Frame, location: str) -> Any:
    """`evaluate` with a result of the JSON type `expected`."""
    if not expressions.is_expression(template):
        return evaluate(template, frame, location)  # the types of literals are checked at creation
    expression = expressions.source(template)
    value = _evaluate_expression(expression, frame, location)
    kind = _TYPES.get(type(value).__name__, "object")
    if kind != expected:
        raise frame.error(
            f"The JSONata expression '{expression}' specified for the field '{location}' returned an unexpected "
            f"result type. Expected '{expected}', but was '{kind}' for value: {to_text(value)}",
            location,
        )
    return value


def whole_number(template: Any, frame: Frame, location: str, least: int = 0) -> int:
    value = evaluate_as("number", template, frame, location)
    if not isinstance(value, int):
        text = to_text(value)
        raise frame.error(f"The {location} field cannot be parsed as an integer: {text}", location, evaluated=True)
    if value < least:
        raise frame.error(f"The {location} field must be {least} or more, but was: {value}", location, evaluated=True)
    return value


def assigned(owner: Mapping[str, Any], frame: Frame, path: str = "") -> dict[str, Any]:
    """The variables in the Assign of `owner`; their expressions access the previous values."""
    values = {name: evaluate(value, frame, f"{path}Assign/{name}") for name, value in owner.get("Assign", {}).items()}
    return dict(limited(values, frame.state))


def arguments(state: Mapping[str, Any], frame: Frame) -> Any:
    """The arguments of the state's task."""
    if "Arguments" not in state:
        return frame.input
    return limited(evaluate(state["Arguments"], frame, "Arguments"), frame.state)


def output(owner: Mapping[str, Any], frame: Frame, result: Any, path: str = "") -> Any:
    """The output of `owner` (a state, a rule or a catcher), whose work has the `result`."""
    return limited(evaluate(owner["Output"], frame, f"{path}Output") if "Output" in owner else result, frame.state)

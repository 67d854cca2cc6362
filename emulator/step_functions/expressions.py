"""JSONata on AWS: version 2.0.6 without $eval, with six additional functions, and limits on time and depth.

jsonata-python implements a later version; its additions are removed. Error messages are AWS's, which are the
reference implementation's.
"""

import json
import math
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import jsonata  # type: ignore[import-untyped]
from jsonata.jexception import JException  # type: ignore[import-untyped]
from jsonata.tokenizer import Tokenizer  # type: ignore[import-untyped]
from jsonata.utils import Utils  # type: ignore[import-untyped]

from emulator import hooks
from emulator.step_functions import expression_functions

UNDEFINED = object()
UNSUPPORTED = object()
"""The value of an expression that is or contains a function or a regular expression."""

MAX_SECONDS = 1.0
MAX_DEPTH = 100
"""AWS evaluates a sum of 100 numbers and rejects a sum of 101."""
BOUNDS = {
    "D1011": "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
    "D1012": "Expression evaluation timeout: Check for infinite loop",
}
"""Errors without a code."""

_ITEM_TYPES = {"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings"}
_LONG = 2**63


class ExpressionError(Exception):
    """An expression is invalid or throws an error; the code is "" when AWS's error has no code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def is_expression(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{%") and value.endswith("%}")


def source(text: str) -> str:
    """The expression between `{%` and `%}`."""
    return text[2:-2].strip()


def parse(expression: str) -> Any:
    """ExpressionError when the expression is not JSONata 2.0.6."""
    try:
        return jsonata.Jsonata.jsonata(expression, _regular_expression)
    except Exception as invalid:  # the parser raises JException and Python's exceptions
        raise _error(invalid) from None


def evaluate(expression: str, bindings: Mapping[str, Any]) -> Any:
    """The value as JSON, UNDEFINED or UNSUPPORTED. ExpressionError when the expression throws an error."""
    parsed = parse(expression)
    parsed.set_output_convert_nulls(False)
    _Bounds(parsed.environment, max_depth=MAX_DEPTH)
    expression_functions.register(parsed.environment)
    try:
        value = parsed.evaluate(None, bindings)
    except Exception as failed:  # the engine raises JException and Python's exceptions
        raise _error(failed) from None
    try:
        return UNDEFINED if value is None else _as_json(value)
    except TypeError:
        return UNSUPPORTED


def as_binding(value: Any) -> Any:
    """JSON for the engine, with its null, and whole numbers as integers."""
    if isinstance(value, dict):
        return {name: as_binding(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_binding(item) for item in value]
    return Utils.NULL_VALUE if value is None else _number(value)


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if value is None or value is Utils.NULL_VALUE:
        return None
    if isinstance(value, (str, bool, int, float)):
        return _number(value)
    raise TypeError(type(value).__name__)


def _number(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float) and value.is_integer() and abs(value) < _LONG:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LONG:
        return float(value)
    return value


def top_level_references(expression: str) -> Iterator[str]:
    """Names that refer to the top-level context, which is invalid on AWS.

    Only the first step of a path refers to it.
    """
    yield from _references(parse(expression).ast)


def _references(node: Any) -> Iterator[str]:
    if node is None:
        return
    if node.type == "path":
        yield from _references(node.steps[0])
        return
    if node.type == "name":
        yield str(node.value)
    if node.type == "variable" and node.value == "$":
        yield "$$"
    for child in ("lhs", "rhs", "condition", "then", "_else", "expression", "body", "procedure"):
        found = getattr(node, child, None)
        if isinstance(found, jsonata.parser.Parser.Symbol):
            yield from _references(found)
    for children in ("arguments", "expressions", "lhs_object"):
        for found in getattr(node, children, None) or ():
            for part in found if isinstance(found, list) else [found]:
                yield from _references(part)


class _Bounds(jsonata.timebox.Timebox):  # type: ignore[misc]
    """Stops an expression after a second of CPU time, where the library measures elapsed time."""

    def __init__(self, environment: Any, max_depth: int) -> None:
        super().__init__(environment, None, max_depth)
        self._began = time.thread_time()

    def check_runaway(self) -> None:
        super().check_runaway()
        if time.thread_time() - self._began > MAX_SECONDS:
            raise JException("D1012", -1)


def _regular_expression(pattern: str, flags: Any) -> re.Pattern[str]:
    """JavaScript's regular expressions: ASCII classes, `$` only at the end of the text, `(?<name>…)`."""
    pattern = re.sub(r"\(\?<(?![=!])", "(?P<", pattern)
    if not flags.multiline:
        pattern = re.sub(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", lambda found: found[1] or r"\Z", pattern)
    chosen = (re.IGNORECASE if flags.case_insensitive else 0) | (re.MULTILINE if flags.multiline else 0)
    return re.compile(pattern, chosen | re.ASCII)


def _error(failed: Exception) -> ExpressionError:
    code = getattr(failed, "error", "")
    if code in BOUNDS:
        return ExpressionError("", BOUNDS[code])
    template = JException.error_codes.get(code)
    if template is None:
        return ExpressionError("", code or str(failed))
    given = [failed.current, failed.expected, failed.extra]  # type: ignore[attr-defined]
    if code == "T0412":
        given[2] = _ITEM_TYPES.get(given[2], given[2])
    if code == "D1002":
        given = given[1:]
    values = iter(given)

    def fill(found: re.Match[str]) -> str:
        value = next(values, None)
        if found[0].startswith("{{{"):
            return str(value)
        return json.dumps(None if value is Utils.NULL_VALUE else value, default=str, ensure_ascii=False)

    text = re.sub(r"\{\{\{\w+\}\}\}|\{\{\w+\}\}", fill, template.replace(" Object ", " function "))
    return ExpressionError(code, text)


def _without_later_operators(read_token: Any) -> Any:
    """`??` and `?:` are two tokens in 2.0.6."""

    def next_token(tokenizer: Any, prefix: bool) -> Any:
        token = read_token(tokenizer, prefix)
        if token is not None and token.type == "operator" and token.value in ("??", "?:"):
            tokenizer.position -= 1
            token.value = "?"
        return token

    return next_token


def install() -> None:
    hooks.replace(Tokenizer, "next", _without_later_operators)

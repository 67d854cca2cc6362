"""Metric math of alarms: arithmetic, comparisons, IF, FILL and MIN/MAX/SUM/AVG of a list."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from statistics import fmean
from typing import Any

Value = float | None
"""None is a missing data point."""

_OPERATORS: dict[type[Any], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_OF_LIST: dict[str, Callable[[list[float]], float]] = {"MIN": min, "MAX": max, "SUM": sum, "AVG": fmean}


def parse(expression: str, names: set[str]) -> ast.expr:
    """ValueError unless `expression` uses only what is evaluated here, and ids in `names`."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        raise ValueError(f"it is no expression: {expression}") from None
    evaluate(tree, dict.fromkeys(names, 1.0))
    return tree


def evaluate(node: ast.expr, values: Mapping[str, Value]) -> Value:
    """The value of `node` for one period; ValueError for what is not known here."""
    match node:
        case ast.Constant(value=bool() | int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _apply(operator.sub, 0.0, evaluate(operand, values))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _apply(_OPERATORS[type(op)], evaluate(left, values), evaluate(right, values))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _apply(_OPERATORS[type(op)], evaluate(left, values), evaluate(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _call(name, arguments, values)
    raise ValueError(f"the local AWS does not evaluate {ast.unparse(node)}")


def _apply(apply: Callable[[float, float], float], left: Value, right: Value) -> Value:
    if left is None or right is None:
        return None
    try:
        return float(apply(left, right))
    except ZeroDivisionError:
        return None


def _call(name: str, arguments: list[ast.expr], values: Mapping[str, Value]) -> Value:
    match name, arguments:
        case "FILL", [series, fill]:
            found, instead = evaluate(series, values), evaluate(fill, values)
            return instead if found is None else found
        case "IF", [condition, then, otherwise]:
            found, yes, no = (evaluate(part, values) for part in (condition, then, otherwise))
            return None if found is None else yes if found else no
        case _, [ast.List(elts=parts)] if name in _OF_LIST:
            present = [value for part in parts if (value := evaluate(part, values)) is not None]
            return float(_OF_LIST[name](present)) if present else None
    raise ValueError(f"the local AWS does not evaluate {name} with {len(arguments)} arguments")

"""JSONata on AWS: values, errors, limits and references.

Edge cases are from measurements of the floci project on AWS (issues 2667, 2668, 2670, 2736 and 2737).
"""

import json
from typing import Any

import pytest

from emulator.step_functions import expressions
from emulator.step_functions.data import to_text
from emulator.step_functions.expressions import UNDEFINED, UNSUPPORTED

STATES: dict[str, Any] = {"input": {"none": None, "list": [None, 1, []], "one": 1.0, "big": 2**63}, "context": {}}
TIMESTAMP = "The argument of the toMillis function must be an ISO 8601 formatted timestamp."
RECURSION = "($f := function($x) {{ $x <= 0 ? 0 : 1 + $f($x - 1) }}; $f({}))"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    expressions.install()


def evaluate(expression: str) -> Any:
    return expressions.evaluate(expression, expressions.as_binding({"states": STATES, "nothing": None}))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$states.input.none", None),
        ("$nothing", None),
        ("$exists($nothing)", True),
        ("$states.input.missing", UNDEFINED),
        ("$map($states.input.list, function($x) { $x })", [None, 1, []]),
        ("$states.input.one", 1),
        ("{'a': $states.input.missing, 'b': 1}", {"b": 1}),
        ("$merge([{'a': null}, {'b': 2}])", {"a": None, "b": 2}),
        ("$f := function($x) { $x }", UNSUPPORTED),
        ("[$sum]", UNSUPPORTED),
        ("/a/", UNSUPPORTED),
        ("function($x)<s?:n>{ 1 }('a')", 1),
        # JavaScript's regular expressions
        ("$contains('hello$world', /^hello\\$/)", True),
        ("$contains('a\\n', /a$/)", False),
        ("$contains('٣', /\\d/)", False),
        ("$replace('ab', /(?<letter>a)/, '$1$1')", "aab"),
        ("$match('ab12', /[$0-9]+/).match", "12"),
        # a function of Step Functions
        ("$hash('Hello', 'MD5')", "8b1a9953c4611296a827abf8c47804d7"),
        ("$hash('Hello')", UNDEFINED),
        # timestamps, with the values of JSONata 2.0.6 in JavaScript
        ("$toMillis('2026-11-29T18:56:30.706Z')", 1795978590706),
        ("$toMillis('2026-11-29T18:56:30.7Z')", 1795978590700),
        ("$toMillis('2026-11-29T18:56:30.123456789Z')", 1795978590123),
        ("$toMillis('2026-11-29T18:56:30')", 1795978590000),
        ("$toMillis('2026-11-29T18:56:30+05:30')", 1795958790000),
        ("$toMillis('2026-11-29T18:56:30-2359')", 1796064930000),
        ("$toMillis('2026-11-29T24:00:00Z')", 1795996800000),
        ("$toMillis('2026-02-30')", 1772409600000),
        ("$toMillis('2026-11')", 1793491200000),
        ("$toMillis('2026')", 1767225600000),
        ("$toMillis('0000-01-01')", -62167219200000),
        ("$toMillis('9999-12-31T23:59:59Z')", 253402300799000),
        ("$toMillis('2026-13-01')", "NaN"),
        ("$toMillis('2026-11-29T25:00:00Z')", "NaN"),
        ("$toMillis('2026-11-29T23:59:59+29:59')", "NaN"),
    ],
)
def test_an_expression_has_the_value_on_aws(expression: str, value: Any) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize(
    ("expression", "code", "message"),
    [
        ("$sum(['a'])", "T0412", 'Argument 1 of function "sum" must be an array of "numbers"'),
        ("$length(1)", "T0410", 'Argument 1 of function "length" does not match function signature'),
        ("$hash(null)", "T0410", 'Argument 1 of function "hash" does not match function signature'),
        ("$range(1, 3, 1)", "D3137", "The local AWS does not support $range"),
        ("$uuid()", "D3137", "The local AWS does not support $uuid"),
        ("$sqrt(-1)", "D3060", "The sqrt function cannot be applied to a negative number: -1"),
        ("1 + {}", "T2002", 'The right side of the "+" operator must evaluate to a number'),
        ("$number('x')", "D3030", 'Unable to cast value to a number: "x"'),
        ("$error('mine')", "D3137", "mine"),
        *(
            (f"$toMillis('{text}')", "D3110", f"{TIMESTAMP} Given {json.dumps(text)}")
            for text in ("20261129", "2026-11-29 18:56:30", "2026-11-29t18:56:30Z", "2026-W48", "2026-1-1", "")
        ),
        ("$eval('1')", "T1006", "Attempted to invoke a non-function"),
        ("$nothing ?? 1", "S0211", 'The symbol "?" cannot be used as a unary operator'),
        ("$nothing ?: 1", "S0211", 'The symbol ":" cannot be used as a unary operator'),
        ("($f := function() { $f() }; $f())", "", "Expression evaluation timeout: Check for infinite loop"),
    ],
)
def test_an_invalid_expression_has_the_error_on_aws(expression: str, code: str, message: str) -> None:
    with pytest.raises(expressions.ExpressionError) as raised:
        evaluate(expression)
    assert (raised.value.code, raised.value.message) == (code, message)


@pytest.mark.parametrize(
    ("fits", "too_deep"),
    [
        ("1" + "+1" * 99, "1" + "+1" * 100),
        ("(" * 99 + "1" + ")" * 99, "(" * 100 + "1" + ")" * 100),
        ("1" + "~>$string" * 99, "1" + "~>$string" * 100),
        (RECURSION.format(31), RECURSION.format(32)),
    ],
)
def test_the_depth_of_an_expression_is_limited(fits: str, too_deep: str) -> None:
    evaluate(fits)
    with pytest.raises(expressions.ExpressionError, match="Stack overflow error"):
        evaluate(too_deep)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("phone", ["phone"]),
        ("$x + phone.number", ["phone"]),
        ("{'a': b, 'c': [d]}", ["b", "d"]),
        ("$map($x, function($v) { e })", ["e"]),
        ("$x ? f : $g(h)", ["f", "h"]),
        ("$$.a", ["$$"]),
        ("$states.input.(a + b)", []),
        ("$states.input.list[price > 1]^(name){unit: $count($)}", []),
    ],
)
def test_names_at_the_top_level_are_found(expression: str, names: list[str]) -> None:
    assert list(expressions.top_level_references(expression)) == names


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([None, True, 0, 0.1, "ü\n", {}], '[null,true,0,0.1,"ü\\n",{}]'),
        (0.001, "0.001"),
        (0.0001, "1.0E-4"),
        (0.000123, "1.23E-4"),
        (9999999.5, "9999999.5"),
        (12345678.9, "1.23456789E7"),
        (-1e21, "-1.0E21"),
        (float(2**63), "9.223372036854776E18"),
        (1.5e300, "1.5E300"),
    ],
)
def test_values_have_the_format_of_java(value: Any, text: str) -> None:
    assert to_text(value) == text

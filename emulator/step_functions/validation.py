"""Validates definitions: the diagnostics of ValidateStateMachineDefinition, also for unsupported features."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

from emulator.step_functions import expressions, state_fields, tasks

COMMON = frozenset({"Type", "Comment", "QueryLanguage"})
TRANSITION = frozenset({"Next", "End"})
ERRORS = frozenset({"Retry", "Catch"})
TERMINAL = ("Succeed", "Fail")
DATA_FLOW = frozenset({"Output", "Assign"})

UNSUPPORTED = frozenset(
    {
        *("InputPath", "OutputPath", "Parameters", "ResultPath", "ResultSelector", "Result", "ItemsPath"),
        *("TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "ErrorPath", "CausePath"),
        *("HeartbeatSeconds", "Credentials", "Iterator", "ItemReader", "ItemBatcher", "ResultWriter", "Label"),
        *("ToleratedFailureCount", "ToleratedFailurePercentage"),
    }
)
"""Fields of JSONPath and of unsupported features."""


@dataclass(frozen=True)
class Fields:
    """The fields of a state type, other than COMMON."""

    known: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    """Exactly one of these is required."""


STATE_TYPES = {
    "Task": Fields(
        TRANSITION | ERRORS | DATA_FLOW | {"Resource", "Arguments", "TimeoutSeconds"}, required=("Resource",)
    ),
    "Pass": Fields(TRANSITION | DATA_FLOW),
    "Wait": Fields(TRANSITION | DATA_FLOW | {"Seconds", "Timestamp"}, one_of=("Seconds", "Timestamp")),
    "Choice": Fields(DATA_FLOW | {"Choices", "Default"}, required=("Choices",)),
    "Succeed": Fields(DATA_FLOW - {"Assign"}),
    "Fail": Fields(frozenset({"Error", "Cause"})),
    "Map": Fields(
        TRANSITION | ERRORS | DATA_FLOW | {"Items", "ItemProcessor", "ItemSelector", "MaxConcurrency"},
        required=("ItemProcessor",),
    ),
}

LITERALS = {
    "Items": list,
    "Seconds": int,
    "TimeoutSeconds": int,
    "MaxConcurrency": int,
    "Timestamp": str,
    "Error": str,
    "Cause": str,
    "Condition": bool,
    "IntervalSeconds": int,
    "MaxAttempts": int,
    "MaxDelaySeconds": int,
    "BackoffRate": Number,
}
"""The type of a field, unless its value is an expression."""
LEAST = {
    **{"TimeoutSeconds": 1, "Seconds": 0, "MaxConcurrency": 0},
    **{"IntervalSeconds": 1, "MaxAttempts": 0, "MaxDelaySeconds": 1, "BackoffRate": 1},
}

MACHINE = Fields(
    frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"}), ("States", "StartAt")
)
PART = Fields(frozenset({"Comment", "StartAt", "States", "ProcessorConfig"}), ("States", "StartAt"))
RETRIER = Fields(
    frozenset(
        {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"}
    ),
    ("ErrorEquals",),
)
CATCHER = Fields(DATA_FLOW | {"ErrorEquals", "Next", "Comment"}, ("ErrorEquals", "Next"))
RULE = Fields(DATA_FLOW | {"Condition", "Next", "Comment"}, ("Condition", "Next"))

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
NO_END = "MISSING_END_STATE"
NOT_JSON = "INVALID_JSON_DESCRIPTION"
NOT_JSONATA = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED_JSONATA = "UNSUPPORTED_JSONATA_EXPRESSION"

State = Mapping[str, Any]


@dataclass(frozen=True)
class Diagnostic:
    code: str
    message: str
    location: str | None = None

    def as_answer(self) -> dict[str, str]:
        located = {"location": self.location} if self.location is not None else {}
        return {"severity": "ERROR", "code": self.code, "message": self.message, **located}

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {'null' if self.location is None else self.location}"


@dataclass
class _Check:
    language: str
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, message: str, location: str, code: str = SCHEMA) -> None:
        self.found.append(Diagnostic(code, message, location))

    def fields(self, given: State, fields: Fields, location: str, common: frozenset[str] = frozenset()) -> None:
        for name in given:
            if name in UNSUPPORTED:
                self.add(f"The local AWS does not support the field '{name}'", location)
            elif name not in common | fields.known:
                self.add(f"Field '{name}' is not supported", location)
        missing = [name for name in fields.required if name not in given]
        if missing:
            self.add(f"These fields are required: [{', '.join(missing)}]", location)
        if fields.one_of and len(set(fields.one_of) & set(given)) != 1:
            self.add(f"Exactly one of these fields is required: [{', '.join(fields.one_of)}]", location)
        for name in LITERALS.keys() & given.keys():
            self.literal(name, given[name], f"{location.rstrip('/')}/{name}")

    def literal(self, name: str, value: Any, location: str) -> None:
        kind, least = LITERALS[name], LEAST.get(name)
        takes_expression = name not in RETRIER.known
        if takes_expression and expressions.is_expression(value):
            return
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            other = " or a JSONata expression" if takes_expression else ""
            self.add(f"{name} must be of type {kind.__name__}{other}, not {json.dumps(value)}", location)
        elif isinstance(value, int | float) and least is not None and value < least:
            self.add(f"{name} must be a number from {least}, not {json.dumps(value)}", location)
        elif name == "Timestamp" and isinstance(value, str):
            try:
                state_fields.moment(value)
            except ValueError:
                self.add("String does not match RFC3339 timestamp", location)

    def machine(self, machine: Any, location: str, allowed: Fields) -> None:
        if not isinstance(machine, dict):
            return self.add("Expected a JSON object", location)
        self.fields(machine, allowed, location or "/")
        states = machine.get("States", {})
        if not isinstance(states, dict) or not all(isinstance(state, dict) for state in states.values()):
            return self.add("Expected States to be an object of objects", f"{location}/States")
        before = len(self.found)
        for name, state in states.items():
            self.state(state, f"{location}/States/{name}")
        if len(self.found) == before and "StartAt" in machine:
            self.transitions(machine["StartAt"], states, location)
        return None

    def state(self, state: State, location: str) -> None:
        kind = state.get("Type")
        if kind == "Parallel":
            return self.add("The local AWS does not support the state type Parallel", location)
        if kind not in STATE_TYPES:
            return self.add(f"Type must be one of {', '.join(STATE_TYPES)}, not {json.dumps(kind)}", location)
        if state.get("QueryLanguage", self.language) != "JSONata":
            return self.add("The local AWS does not support JSONPath: set QueryLanguage to JSONata", location)
        self.fields(state, STATE_TYPES[kind], location, COMMON)
        if kind not in (*TERMINAL, "Choice") and len(TRANSITION & set(state)) != 1:
            self.add("Exactly one of 'Next' and 'End' is required", location)
        self.retriers(state.get("Retry", []), f"{location}/Retry")
        for index, catcher in enumerate(state.get("Catch", [])):
            self.fields(catcher, CATCHER, f"{location}/Catch[{index}]")
        if kind == "Choice" and not state.get("Choices", [1]):
            self.add("A Choice state needs at least one rule", f"{location}/Choices")
        for index, rule in enumerate(state.get("Choices", [])):
            self.fields(rule, RULE, f"{location}/Choices[{index}]")
        if "ItemProcessor" in state:
            self.processor(state["ItemProcessor"], f"{location}/ItemProcessor")
        self.expressions({key: value for key, value in state.items() if key not in _PARTS}, location)
        if kind == "Task" and isinstance(state.get("Resource"), str):
            for where, message in tasks.problems(state["Resource"], state.get("Arguments")):
                self.add(message, f"{location}/{where}")
        return None

    def processor(self, processor: Any, location: str) -> None:
        if isinstance(processor, dict) and processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            self.add("The local AWS does not support distributed Map states", f"{location}/ProcessorConfig")
        self.machine(processor, location, PART)

    def retriers(self, retriers: Any, location: str) -> None:
        for index, retrier in enumerate(retriers):
            here = f"{location}[{index}]"
            self.fields(retrier, RETRIER, here)
            if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
                self.add("JitterStrategy must be FULL or NONE", f"{here}/JitterStrategy")
            if "States.ALL" in (names := retrier.get("ErrorEquals", [])) and (
                len(names) > 1 or index < len(retriers) - 1
            ):
                self.add("States.ALL must stand alone, in the last entry", f"{here}/ErrorEquals")

    def expressions(self, value: Any, location: str) -> None:
        if expressions.is_expression(value):
            expression = expressions.source(value)
            try:
                for name in dict.fromkeys(expressions.top_level_references(expression)):
                    self.add(f"Reference to '{name}' at the top level is not supported.", location, UNSUPPORTED_JSONATA)
            except expressions.ExpressionError as invalid:
                self.add(invalid.message, location, NOT_JSONATA)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.expressions(item, f"{location}/{key}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.expressions(item, f"{location}[{index}]")

    def transitions(self, start: str, states: Mapping[str, State], location: str) -> None:
        if start not in states:
            return self.add(f"Missing 'StartAt' target: {start}", f"{location}/StartAt", TARGET)
        targets = {name: list(_targets(state)) for name, state in states.items()}
        for name, transitions in targets.items():
            for where, target in transitions:
                if target not in states:
                    self.add(f"Missing 'Next' target: {target}", f"{location}/States/{name}{where}", TARGET)
        if not any(state.get("End") or state["Type"] in TERMINAL for state in states.values()):
            self.found.append(Diagnostic(NO_END, "Workflow has no terminal state"))
            return None
        reached, waiting = set(), [start]
        while waiting:
            name = waiting.pop()
            if name in states and name not in reached:
                reached.add(name)
                waiting += [target for _, target in targets[name]]
        for name in states:
            if name not in reached:
                self.add(f'State "{name}" is not reachable.', f"{location}/States/{name}", TARGET)
        return None


_PARTS = ("ItemProcessor", "Comment")


def _targets(state: State) -> Iterable[tuple[str, str]]:
    for name in ("Next", "Default"):
        if name in state:
            yield f"/{name}", state[name]
    for name in ("Choices", "Catch"):
        for index, entry in enumerate(state.get(name, [])):
            if "Next" in entry:
                yield f"/{name}[{index}]/Next", entry["Next"]


def diagnose(text: str, kind: str = "STANDARD") -> list[Diagnostic]:
    """Problems of the definition `text` of a machine of type `kind`."""
    try:
        definition = json.loads(text) if text else None
    except ValueError as invalid:
        return [Diagnostic(NOT_JSON, str(invalid))]
    if not isinstance(definition, dict):
        return [Diagnostic(SCHEMA, "Definition must be a valid JSON object")]
    if kind != "STANDARD":
        return [Diagnostic(SCHEMA, f"The local AWS does not support state machines of type {kind}")]
    check = _Check(definition.get("QueryLanguage", "JSONPath"))
    if check.language not in ("JSONPath", "JSONata"):
        check.add(f"QueryLanguage must be JSONPath or JSONata, not {json.dumps(check.language)}", "/QueryLanguage")
    if expressions.is_expression(definition.get("TimeoutSeconds")):
        check.add("TimeoutSeconds of a state machine is a whole number", "/TimeoutSeconds")
    check.machine(definition, "", MACHINE)
    return check.found

"""What AWS refuses when a state machine is created: the diagnostics of ValidateStateMachineDefinition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonata  # type: ignore[import-untyped]

from emulator.step_functions import data, integrations, sdk, tasks
from emulator.step_functions.errors import TaskError
from emulator.step_functions.validation_fields import (
    BOTH,
    CATCHER,
    JSONATA_RULE,
    MACHINE,
    MINIMA,
    PART,
    RETRIER,
    STATE_TYPES,
    TERMINAL,
    TRANSITION,
    Fields,
)

SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
NO_END = "MISSING_END_STATE"
NOT_JSON = "INVALID_JSON_DESCRIPTION"
NOT_JSONATA = "INVALID_JSONATA_EXPRESSION"

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
    """One pass over a definition."""

    express: bool
    language: str = "JSONPath"
    found: list[Diagnostic] = field(default_factory=list)

    def add(self, message: str, location: str, code: str = SCHEMA) -> None:
        self.found.append(Diagnostic(code, message, location))

    def known(self, given: State, allowed: Iterable[str], location: str) -> None:
        for name in set(given) - set(allowed):
            self.add(f"Field '{name}' is not supported", location)

    def required(self, given: State, names: Iterable[str], location: str) -> None:
        missing = [name for name in names if name not in given]
        if missing:
            self.add(f"These fields are required: [{', '.join(missing)}]", location)

    # --- machines and states ------------------------------------------------------------------------------------

    def machine(self, machine: Any, location: str, allowed: frozenset[str]) -> None:
        if not isinstance(machine, dict):
            return self.add("Expected a JSON object", location)
        self.known(machine, allowed, location or "/")
        self.required(machine, ("States", "StartAt"), location or "/")
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
        kind, language = state.get("Type"), state.get("QueryLanguage", self.language)
        if kind not in STATE_TYPES:
            return self.add(f"Type has to be one of {', '.join(STATE_TYPES)}, not {json.dumps(kind)}", location)
        if self.language == "JSONata" and language == "JSONPath":
            self.add("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", location)
        self.fields(state, STATE_TYPES[kind], language, location)
        if kind not in (*TERMINAL, "Choice") and len(TRANSITION & set(state)) != 1:
            self.add("Exactly one of 'Next' and 'End' is required", location)
        self.retriers(state.get("Retry", []), f"{location}/Retry")
        for index, catcher in enumerate(state.get("Catch", [])):
            self.fields(catcher, CATCHER, language, f"{location}/Catch[{index}]", common=frozenset())
        for name in ("TimeoutSeconds", "HeartbeatSeconds"):
            limit = state.get(name, 1)
            if not data.is_expression(limit) and (not isinstance(limit, int) or limit < 1):
                self.add(f"{name} is a whole number from 1, not {json.dumps(limit)}", f"{location}/{name}")
        if kind == "Task" and isinstance(state.get("Resource"), str):
            self.resource(state, language, location)
        if kind == "Choice":
            self.choices(state.get("Choices", []), language, f"{location}/Choices")
        for index, branch in enumerate(state.get("Branches", [])):
            self.machine(branch, f"{location}/Branches[{index}]", PART)
        for name in ("ItemProcessor", "Iterator"):
            if name in state:
                self.processor(state[name], f"{location}/{name}")
        if language == "JSONata":
            self.expressions({key: value for key, value in state.items() if key not in _PARTS}, location)
        return None

    def fields(self, given: State, fields: Fields, language: str, location: str, common: frozenset[str] = BOTH) -> None:
        mine, others = (fields.jsonpath, fields.jsonata) if language != "JSONata" else (fields.jsonata, fields.jsonpath)
        self.known(given, common | fields.both | mine | others, location)
        for name in sorted((others - mine) & set(given)):
            other = "JSONata" if language != "JSONata" else "JSONPath"
            self.add(
                f"The QueryLanguage is set to '{language}', but field '{name}' is only supported for the '{other}' "
                "QueryLanguage",
                location,
            )
        self.required(given, fields.required, location)
        if fields.one_of and len(set(fields.one_of) & set(given)) != 1:
            self.add(f"Exactly one of these fields is required: [{', '.join(fields.one_of)}]", location)

    def processor(self, processor: Any, location: str) -> None:
        if isinstance(processor, dict) and processor.get("ProcessorConfig", {}).get("Mode") == "DISTRIBUTED":
            self.add("The local AWS runs inline Map states only, not distributed ones", f"{location}/ProcessorConfig")
        self.machine(processor, location, PART)

    def retriers(self, retriers: Any, location: str) -> None:
        for index, retrier in enumerate(retriers):
            here = f"{location}[{index}]"
            self.known(retrier, RETRIER, here)
            self.required(retrier, ("ErrorEquals",), here)
            for name, least in MINIMA.items():
                value = retrier.get(name, least)
                if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                    self.add(f"{name} is a number from {least}, not {json.dumps(value)}", f"{here}/{name}")
            if retrier.get("JitterStrategy", "NONE") not in ("FULL", "NONE"):
                self.add("JitterStrategy is FULL or NONE", f"{here}/JitterStrategy")
            if "States.ALL" in (names := retrier.get("ErrorEquals", [])) and (
                len(names) > 1 or index < len(retriers) - 1
            ):
                self.add("States.ALL has to stand alone, in the last entry", f"{here}/ErrorEquals")

    def choices(self, rules: Any, language: str, location: str) -> None:
        if not rules:
            self.add("A Choice state needs at least one rule", location)
        for index, rule in enumerate(rules):
            here = f"{location}[{index}]"
            self.required(rule, ("Condition", "Next") if language == "JSONata" else ("Next",), here)
            if language == "JSONata":
                self.known(rule, JSONATA_RULE, here)
            elif "Condition" in rule:
                self.add("Field 'Condition' is not supported", here)

    def expressions(self, value: Any, location: str) -> None:
        if data.is_expression(value):
            try:
                jsonata.Jsonata.jsonata(value[2:-2].strip())
            except Exception as invalid:  # the parser raises its own class and Python's
                self.add(str(invalid), location, NOT_JSONATA)
        elif isinstance(value, dict):
            for key, item in value.items():
                self.expressions(item, f"{location}/{key}")
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.expressions(item, f"{location}[{index}]")

    # --- integrations -------------------------------------------------------------------------------------------

    def resource(self, state: State, language: str, location: str) -> None:
        resource = state["Resource"]
        if tasks.LAMBDA_ARN.match(resource):
            return
        prefix, action, pattern = integrations.split(resource)
        service = sdk.botocore_name(prefix[len(tasks.AWS_SDK) : -1]) if prefix.startswith(tasks.AWS_SDK) else None
        integration = integrations.find(prefix)
        if service is not None:
            recognized = sdk.operation(service, action) is not None and pattern in ("", "waitForTaskToken")
        elif integration is not None:
            by_pattern = integration.sync_actions if pattern.startswith("sync") else integration.actions
            recognized = action in by_pattern and pattern in ("", "sync", "sync:2", "waitForTaskToken")
            service = integration.model
        else:
            recognized = False
        if not recognized:
            self.add(
                f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the "
                "resource is not available in this region.",
                f"{location}/Resource",
            )
        elif self.express and pattern:
            self.add(f"Express state machine does not support '.{pattern}' service integration", f"{location}/Resource")
        elif service:
            name = "Arguments" if language == "JSONata" else "Parameters"
            self.arguments(service, action, state.get(name), f"{location}/{name}")

    def arguments(self, service: str, action: str, given: Any, location: str) -> None:
        model = sdk.operation(service, action)
        if not isinstance(given, dict) or model is None or model.input_shape is None:
            return None
        plain = _without_path_suffix(given)
        try:
            wire = sdk.to_wire(plain, model.input_shape, service, action)
        except TaskError as unknown:
            return self.add(unknown.cause, location)
        missing = set(model.input_shape.required_members) - set(wire) - set(model.idempotent_members)
        for name in sorted(missing):
            self.add(f"The field '{name[0].upper()}{name[1:]}' is required but was missing", location)
        return None

    # --- transitions --------------------------------------------------------------------------------------------

    def transitions(self, start: str, states: Mapping[str, State], location: str) -> None:
        if start not in states:
            return self.add(f"Missing 'StartAt' target: {start}", f"{location}/StartAt", TARGET)
        targets = {name: list(_targets(state)) for name, state in states.items()}
        for name, ways in targets.items():
            for where, target in ways:
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


_PARTS = ("Branches", "ItemProcessor", "Iterator")


def _targets(state: State) -> Iterable[tuple[str, str]]:
    for name in ("Next", "Default"):
        if name in state:
            yield f"/{name}", state[name]
    for name in ("Choices", "Catch"):
        for index, entry in enumerate(state.get(name, [])):
            if "Next" in entry:
                yield f"/{name}[{index}]/Next", entry["Next"]


def _without_path_suffix(template: Any) -> Any:
    if isinstance(template, dict):
        return {name.removesuffix(".$"): _without_path_suffix(value) for name, value in template.items()}
    if isinstance(template, list):
        return [_without_path_suffix(item) for item in template]
    return template


def diagnose(text: str, kind: str = "STANDARD") -> list[Diagnostic]:
    """What is wrong with the definition `text` of a machine of type `kind`; nothing when AWS would take it."""
    try:
        definition = json.loads(text) if text else None
    except ValueError as invalid:
        return [Diagnostic(NOT_JSON, str(invalid))]
    if not isinstance(definition, dict):
        return [Diagnostic(SCHEMA, "Definition must be a valid JSON object")]
    check = _Check(kind == "EXPRESS", definition.get("QueryLanguage", "JSONPath"))
    if check.language not in ("JSONPath", "JSONata"):
        check.add(f"QueryLanguage is JSONPath or JSONata, not {json.dumps(check.language)}", "/QueryLanguage")
    limit = definition.get("TimeoutSeconds", 1)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        check.add(f"TimeoutSeconds is a whole number from 1, not {json.dumps(limit)}", "/TimeoutSeconds")
    check.machine(definition, "", MACHINE)
    return check.found

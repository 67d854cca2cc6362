"""Requests and answers by AWS's service models, which botocore contains."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.utils import parse_timestamp

Json = dict[str, Any]


class ApiError(Exception):
    """An error response: code, message and HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's model of `service`, for example "emr-serverless"."""
    return botocore.session.get_session().get_service_model(service)


@cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], OperationModel]]:
    routes = []
    for name in service_model(service).operation_names:
        operation = service_model(service).operation_model(name)
        uri = operation.http["requestUri"].split("?")[0]
        # Only ARNs contain slashes.
        pattern = re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if 'Arn' in m[1] else '[^/]+'})", uri)
        routes.append((operation.http["method"], re.compile(pattern + "/?"), operation))
    return routes


def rest_request(
    service: str, method: str, path: str, query: Mapping[str, list[str]], body: Json
) -> tuple[OperationModel, Json] | None:
    """The operation and the parameters of a rest-json request; None when the service does not have this route."""
    for route_method, pattern, operation in _routes(service):
        match = pattern.fullmatch(path)
        if route_method != method or match is None or operation.input_shape is None:
            continue
        params = dict(body)
        for name, shape in operation.input_shape.members.items():
            place, key = shape.serialization.get("location"), shape.serialization.get("name", name)
            if place == "uri":
                params[name] = unquote(match[key])
            elif place == "querystring" and key in query:
                params[name] = _from_query(shape, query[key])
        return operation, params
    return None


def _from_query(shape: Shape, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    if shape.type_name in ("integer", "long"):
        return int(values[0]) if re.fullmatch(r"-?\d+", values[0]) else values[0]
    return parse_timestamp(values[0]) if shape.type_name == "timestamp" else values[0]


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "float": (int, float),
    "timestamp": (int, float, str, datetime),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}


def invalid(message: str, code: str = "ValidationException") -> ApiError:
    return ApiError(code, message)


def members(names: str, **limited: Any) -> dict[str, Any]:
    """The argument `allowed` of `supported`: `names` with any value, `limited` with the given values."""
    return {**dict.fromkeys(names.split()), **limited}


def supported(what: str, given: Json, allowed: Collection[str]) -> None:
    """ApiError ValidationException when `given` has members that are not `allowed`; the message contains `what`.

    A mapping contains for each member a tuple of its values, a mapping for a structure or a list of structures, or
    None for any value.
    """
    if problems := list(_unsupported(what, given, allowed)):
        raise invalid(f"The local AWS does not support {', '.join(problems)}.")


def _unsupported(what: str, given: Json, allowed: Collection[str]) -> Iterator[str]:
    for name, value in given.items():
        limit = allowed.get(name, ()) if isinstance(allowed, Mapping) else None if name in allowed else ()
        if limit is None or not _is_set(value):
            continue
        if isinstance(limit, Mapping):
            for item in value if isinstance(value, list) else [value]:
                yield from _unsupported(f"{name} of {what}", item, limit)
        elif value not in limit:
            yield f"{name} {value} of {what}" if limit else f"{name} of {what}"


def _is_set(value: Any) -> bool:
    """Whether a value is not empty: Terraform sends many empty members."""
    if isinstance(value, dict):
        return any(_is_set(item) for item in value.values())
    return value not in (None, [], "")


@dataclass(frozen=True)
class Operation:
    """A supported operation, and the supported members of its request (see `supported`)."""

    act: Callable[..., Any]
    members: Collection[str] | None = None
    """None: all members of AWS's model."""


def call(service: str, operations: Mapping[str, Operation], name: str, params: Json, *context: Any) -> Json:
    """The answer of the operation `name` to `params`, with `context` as further arguments.

    ApiError when the operation is not supported, or `params` are invalid by the model or by `Operation.members`.
    """
    operation = operations.get(name)
    if operation is None:
        title = service_model(service).metadata["serviceId"]
        raise ApiError("InternalServerException", f"The local AWS does not support {name} of {title}.", 500)
    check(service_model(service).operation_model(name), params)
    if operation.members is not None:
        supported(name, params, operation.members)
    return operation.act(params, *context) or {}


def check(operation: OperationModel, params: Json) -> None:
    """ApiError ValidationException with AWS's message unless `params` are valid for the operation's input shape."""
    problems: list[str] = []
    if operation.input_shape is not None:
        _check(operation.input_shape, params, "", problems)
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''} detected: "
        raise invalid(count + "; ".join(problems))


def _check(shape: Shape, value: Any, at: str, problems: list[str]) -> None:
    if not _has_type(shape, value):
        problems.append(_problem(value, at, f"Member must be of type {shape.type_name}"))
        return
    if isinstance(shape, StructureShape):
        for name in shape.required_members:
            if value.get(name) is None:
                problems.append(_problem(None, _inside(at, name), "Member must not be null"))
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _check(member, value[name], _inside(at, name), problems)
    elif isinstance(shape, ListShape):
        for index, item in enumerate(value):
            _check(shape.member, item, f"{at}.{index + 1}.member", problems)
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            _check(shape.key, key, at, problems)
            _check(shape.value, item, f"{at}.{key}.member", problems)
    problems.extend(_problem(value, at, broken) for broken in _broken_constraints(shape, value))


def _has_type(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool):  # a subclass of int
        return bool(shape.type_name == "boolean")
    return isinstance(value, _TYPES.get(shape.type_name, (object,)))


def _broken_constraints(shape: Shape, value: Any) -> list[str]:
    facts, broken = shape.metadata, []
    sized = isinstance(value, (str, list, dict))
    size, what = (len(value), "have length") if sized else (value, "have value")
    if isinstance(size, (int, float)) and "min" in facts and size < facts["min"]:
        broken.append(f"Member must {what} greater than or equal to {facts['min']}")
    if isinstance(size, (int, float)) and "max" in facts and size > facts["max"]:
        broken.append(f"Member must {what} less than or equal to {facts['max']}")
    if isinstance(value, str):
        if "enum" in facts and value not in facts["enum"]:
            broken.append(f"Member must satisfy enum value set: [{', '.join(facts['enum'])}]")
        pattern = _pattern(facts["pattern"]) if "pattern" in facts else None
        if pattern is not None and not pattern.fullmatch(value):
            broken.append(f"Member must satisfy regular expression pattern: {facts['pattern']}")
    return broken


@cache
def _pattern(java: str) -> re.Pattern[str] | None:
    # Python's str does not have the surrogates of Java's ranges.
    if "\\uD800" in java or "\\uDBFF" in java:
        return None
    try:
        return re.compile(re.sub(r"\\p\{[A-Za-z]+\}", r"\\w", java))
    except re.error:
        return None


def _inside(at: str, name: str) -> str:
    """The path of a member in AWS's messages, where it starts in lower case: targets.1.member.arn."""
    return f"{at}.{name[0].lower()}{name[1:]}".lstrip(".")


def _problem(value: Any, at: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"Value {shown} at '{at}' failed to satisfy constraint: {constraint}"


def answer(shape: Shape | None, value: Any) -> Any:
    """`value` with the members of `shape`, as JSON: times are seconds since 1970, absent members are omitted."""
    return reshape(shape, value, str, lambda _, leaf: leaf)


def pascal_case(shape: Shape | None, value: Any) -> Any:
    """`answer` with PascalCase members and times in milliseconds, as in Step Functions' optimized integrations."""
    return reshape(
        shape, value, capital, lambda leaf, item: round(item * 1000) if leaf.type_name == "timestamp" else item
    )


def capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def from_pascal_case(shape: Shape, value: Any, at: str = "") -> Any:
    """A Step Functions argument with the API's member names. ValueError for an unknown field."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        names = {capital(name): name for name in shape.members}
        for key in value:
            if key not in names:
                raise ValueError(f'The field "{at + key}" is not supported by Step Functions')
        return {names[k]: from_pascal_case(shape.members[names[k]], v, f"{at}{k}.") for k, v in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [from_pascal_case(shape.member, item, at) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: from_pascal_case(shape.value, item, at) for key, item in value.items()}
    return value


def reshape(shape: Shape | None, value: Any, rename: Callable[[str], str], leaf: Callable[[Shape, Any], Any]) -> Any:
    """`value` with the members of `shape`, renamed, without absent ones; `leaf` converts other values."""
    if isinstance(shape, StructureShape):
        present = {name: value[name] for name in shape.members if value.get(name) is not None}
        return {rename(name): reshape(shape.members[name], item, rename, leaf) for name, item in present.items()}
    if isinstance(shape, ListShape):
        return [reshape(shape.member, item, rename, leaf) for item in value]
    if isinstance(shape, MapShape):
        return {key: reshape(shape.value, item, rename, leaf) for key, item in value.items()}
    return value if shape is None else leaf(shape, value)

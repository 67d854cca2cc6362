"""AWS's Query protocol: requests as nested parameters, answers as XML."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ListShape, Shape, StructureShape

from emulator.models import Json, service_model


def request(service: str, action: str, params: Mapping[str, Any]) -> Json:
    """`{"Name": [{"Key": "x"}]}` for `Name.member.1.Key=x`, with the types of the operation's input."""
    flat = {key: value[0] if isinstance(value, list) else value for key, value in params.items()}
    shape = service_model(service).operation_model(action).input_shape
    return {} if shape is None else _structure(shape, "", flat)


def _structure(shape: Shape, at: str, flat: Mapping[str, str]) -> Json:
    assert isinstance(shape, StructureShape)
    found = {name: _value(member, f"{at}{name}", flat) for name, member in shape.members.items()}
    return {name: value for name, value in found.items() if value is not None}


def _value(shape: Shape, at: str, flat: Mapping[str, str]) -> Any:
    if isinstance(shape, ListShape):
        return list(_items(shape.member, at, flat)) or None
    if isinstance(shape, StructureShape):
        return _structure(shape, f"{at}.", flat) if any(key.startswith(f"{at}.") for key in flat) else None
    text = flat.get(at)
    if text is None:
        return None
    if shape.type_name == "boolean":
        return text == "true"
    try:
        return {"integer": int, "long": int, "double": float}.get(shape.type_name, str)(text)
    except ValueError:
        return text  # invalid by the model


def _items(shape: Shape, at: str, flat: Mapping[str, str]) -> Iterator[Any]:
    number = 1
    while (found := _value(shape, f"{at}.member.{number}", flat)) is not None:
        yield found
        number += 1


def answer(service: str, action: str, content: Json) -> str:
    """The members of `content` in the operation's output, as XML in the result element."""
    shape = service_model(service).operation_model(action).output_shape
    return "" if shape is None else f"<{action}Result>{_xml(shape, content)}</{action}Result>"


def _xml(shape: Shape, value: Any) -> str:
    if isinstance(shape, StructureShape):
        present = [(name, member) for name, member in shape.members.items() if value.get(name) is not None]
        return "".join(f"<{name}>{_xml(member, value[name])}</{name}>" for name, member in present)
    if isinstance(shape, ListShape):
        return "".join(f"<member>{_xml(shape.member, item)}</member>" for item in value)
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(float(value), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value).lower() if isinstance(value, bool) else escape(str(value))

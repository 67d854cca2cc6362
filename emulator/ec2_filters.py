"""Filters and ids of EC2's Describe calls, many of which MiniStack ignores, as it does unknown filter names.

The filter names are AWS's documented ones. The location of a filter's value in the answer follows from its name:
`association.subnet-id` is `subnetId` of each item in `associationSet`. Other documented filters are not supported.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from botocore.model import ListShape, Shape, StructureShape
from ministack.services import ec2

from emulator.models import ApiError, service_model

ELSEWHERE = {
    ("DescribeAvailabilityZones", "state"): "zone-state",
    ("DescribeNetworkInterfaces", "group-id"): "group.group-id",
    ("DescribeSecurityGroups", "description"): "group-description",
    ("DescribeSubnets", "cidr"): "cidr-block",
    ("DescribeVpcEndpoints", "vpc-endpoint-state"): "state",
    ("DescribeVpcs", "cidr"): "cidr-block",
}
"""Filters whose value has a different name in the answer."""
NOT_FOUND = {
    "DescribeAvailabilityZones": "InvalidParameterValue",
    "DescribeNetworkInterfaces": "InvalidNetworkInterfaceID.NotFound",
    "DescribeRouteTables": "InvalidRouteTableID.NotFound",
    "DescribeSecurityGroupRules": "InvalidSecurityGroupRuleId.NotFound",
    "DescribeSecurityGroups": "InvalidGroup.NotFound",
    "DescribeVpcEndpoints": "InvalidVpcEndpointId.NotFound",
}
"""The error for an unknown id or name, where MiniStack ignores it."""


def filtered(action: str, theirs: Callable[[dict[str, Any]], Any], params: dict[str, Any]) -> Any:
    """MiniStack's answer to a Describe call, reduced to the requested items."""
    try:
        filters = [(name, _path(action, name), values) for name, values in _filters(params)]
        status, headers, body = theirs({key: params[key] for key in params if not key.startswith("Filter.")})
        named = _named(params)
        if status == 200 and (filters or named):
            answer = ElementTree.fromstring(body)
            items = answer.find(f"{{*}}{_items(action).serialization['name']}")
            assert items is not None
            for name, wanted in named.items():
                _keep_named(action, items, name, wanted)
            for name, path, values in filters:
                _keep_matching(items, name, path, values)
            # JavaScript clients do not parse tags with a namespace prefix.
            namespace = answer.tag[1:].partition("}")[0]
            body = ElementTree.tostring(answer, default_namespace=namespace)
    except ApiError as rejected:
        return ec2._error(rejected.code, rejected.message, rejected.status)
    return status, headers, body


def _filters(params: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for number in sorted({int(found[1]) for key in params if (found := re.match(r"Filter\.(\d+)\.", key))}):
        values = [ec2._p(params, key) for key in params if key.startswith(f"Filter.{number}.Value.")]
        yield ec2._p(params, f"Filter.{number}.Name") or "null", values


def _named(params: Mapping[str, Any]) -> dict[str, set[str]]:
    """Lists of ids or names in a request: `VpcId` → the values of `VpcId.1`, `VpcId.2` …"""
    found: dict[str, set[str]] = {}
    for key in params:
        if match := re.fullmatch(r"(\w+)\.\d+", key):
            found.setdefault(match[1], set()).add(ec2._p(params, key))
    return found


def _filter_shape(action: str) -> Shape | None:
    shape = service_model("ec2").operation_model(action).input_shape
    return None if shape is None else shape.members.get("Filters", shape.members.get("Filter"))


def _items(action: str) -> ListShape:
    output = service_model("ec2").operation_model(action).output_shape
    [found] = [shape for shape in output.members.values() if isinstance(shape, ListShape)] if output else []
    return found


@cache
def _path(action: str, name: str) -> str:
    """The path of a filter's values in an item. ApiError when the call does not have or does not support the filter."""
    elsewhere = ELSEWHERE.get((action, name))
    shape = _filter_shape(action)
    named = re.findall(r"(?:<li>\s*<p>\s*|also use )<code>([^<]+)</code>", shape.documentation) if shape else []
    documented = {re.sub("^tag(:.*)?$", "tag:", each) for each in named}
    kind = "tag:" if name.startswith("tag:") else name
    if elsewhere is None and kind not in documented:
        raise ApiError("InvalidParameterValue", f"The filter '{name}' is invalid")
    parts = ["tag", "key"] if kind in ("tag:", "tag-key") else (elsewhere or name).split(".")
    tags = _tags(_items(action).member, parts)
    if tags is None:
        raise ApiError("InvalidParameterValue", f"The local AWS does not support the filter {name} of {action}.")
    return "/".join(f"{{*}}{tag}" for tag in tags)


def _tags(shape: Shape, parts: list[str]) -> list[str] | None:
    """The tags on the path to, for example, `["association", "subnet-id"]` in an answer of this shape."""
    if isinstance(shape, ListShape):
        found = _tags(shape.member, parts)
        return None if found is None else ["item", *found]
    if not isinstance(shape, StructureShape):
        return None if parts else []
    if not parts:
        return None
    first, *others = parts[0].split("-")
    wanted = first + "".join(other.capitalize() for other in others)
    for name, member in shape.members.items():
        tag = member.serialization.get("name", name)
        if tag in (wanted, f"{wanted}Set") and (found := _tags(member, parts[1:])) is not None:
            return [tag, *found]
    return None


def _keep_named(action: str, items: Element, name: str, wanted: set[str]) -> None:
    """Keep the items with these ids or names. ApiError when one of them does not exist."""
    path = f"{{*}}{name[0].lower()}{name[1:]}"
    unknown = wanted - {item.findtext(path, "") for item in items}
    if unknown and action in NOT_FOUND:
        raise ApiError(NOT_FOUND[action], f"The {name} '{min(unknown)}' does not exist")
    for item in list(items):
        if item.findtext(path, min(wanted)) not in wanted:
            items.remove(item)


def _keep_matching(items: Element, name: str, path: str, values: list[str]) -> None:
    wanted = re.compile("|".join(map(_pattern, values)) if values else "(?!)", re.DOTALL)
    for item in list(items):
        found = (each.text or "" for each in item.iterfind(path))
        if name.startswith("tag:"):
            tags = item.iterfind("{*}tagSet/{*}item")
            found = (tag.findtext("{*}value", "") for tag in tags if tag.findtext("{*}key") == name[len("tag:") :])
        if not any(wanted.fullmatch(each) for each in found):
            items.remove(item)


def _pattern(value: str) -> str:
    """`*` matches any characters, `?` at most one; a backslash escapes them."""
    wildcards = {"*": ".*", "?": ".?"}
    return re.sub(r"\\?.", lambda each: wildcards.get(each[0], re.escape(each[0][-1])), value, flags=re.DOTALL)

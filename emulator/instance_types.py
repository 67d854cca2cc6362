"""Which EC2 instance types a zone offers: the first zone of a region has nothing newer than the sixth generation.

So it is in us-east-1, where the zone use1-az3 lacks most newer types, and may have any name in an account: whoever
takes the first zone by its name must be able to fail here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ministack.services import ec2

from emulator import hooks

OLDER_GENERATIONS = 6


def offered(instance_type: str, zone: str) -> bool:
    """Whether instances of `instance_type`, e.g. m7g.xlarge, start in `zone`, e.g. us-east-1a."""
    generation = re.match(r"[a-z]+(\d+)", instance_type)
    return not zone.endswith("a") or generation is None or int(generation[1]) <= OLDER_GENERATIONS


def _zones(params: Mapping[str, Any]) -> list[str]:
    status, _, body = ec2._describe_availability_zones(params)
    assert status == 200
    return re.findall(r"<zoneName>(.+?)</zoneName>", body.decode())


def _describe(params: Mapping[str, Any]) -> Any:
    wanted = ec2._parse_filters(params).get("instance-type")
    if ec2._p(params, "LocationType") != "availability-zone" or not wanted:
        message = "The local AWS does not support DescribeInstanceTypeOfferings but of a zone's named instance types."
        return ec2._error("InvalidParameterCombination", message, 400)
    items = "".join(
        f"<item><instanceType>{name}</instanceType><location>{zone}</location>"
        "<locationType>availability-zone</locationType></item>"
        for zone in _zones(params)
        for name in wanted
        if offered(name, zone)
    )
    shown = f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>"
    return ec2._xml(200, "DescribeInstanceTypeOfferingsResponse", shown)


def install() -> None:
    for name in ("_describe_availability_zones", "_parse_filters", "_error", "_xml", "_p"):
        hooks.original(ec2, name)
    hooks.original(ec2, "_ACTION_MAP")["DescribeInstanceTypeOfferings"] = _describe

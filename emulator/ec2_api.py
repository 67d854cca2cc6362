"""EC2: which instance types a zone offers, and interface endpoints with the groups and DNS that MiniStack drops.

The first zone of a region has nothing newer than the sixth generation. So it is in us-east-1, where the zone use1-az3
lacks most newer types, and may have any name in an account: a client that takes the first zone by its name must
be able to fail here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import ec2

from emulator import hooks

OLDER_GENERATIONS = 6
GROUPS, DNS = "SecurityGroupIds", "PrivateDnsEnabled"


def offered(instance_type: str, zone: str) -> bool:
    """Whether instances of `instance_type`, e.g. m7g.xlarge, start in `zone`, e.g. us-east-1a."""
    generation = re.match(r"[a-z]+(\d+)", instance_type)
    return not zone.endswith("a") or generation is None or int(generation[1]) <= OLDER_GENERATIONS


def _describe_offerings(params: Mapping[str, Any]) -> Any:
    wanted = ec2._parse_filters(params).get("instance-type")
    if ec2._p(params, "LocationType") != "availability-zone" or not wanted:
        message = "The local AWS does not support DescribeInstanceTypeOfferings but of a zone's named instance types."
        return ec2._error("InvalidParameterCombination", message, 400)
    zones = re.findall(r"<zoneName>(.+?)</zoneName>", ec2._describe_availability_zones(params)[2].decode())
    items = "".join(
        f"<item><instanceType>{name}</instanceType><location>{zone}</location>"
        "<locationType>availability-zone</locationType></item>"
        for zone in zones
        for name in wanted
        if offered(name, zone)
    )
    shown = f"<instanceTypeOfferingSet>{items}</instanceTypeOfferingSet>"
    return ec2._xml(200, "DescribeInstanceTypeOfferingsResponse", shown)


def _create_endpoint(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def create(params: dict[str, Any]) -> Any:
        known = set(ec2._vpc_endpoints)
        answer = theirs(params)
        for endpoint_id in set(ec2._vpc_endpoints) - known:
            endpoint = ec2._vpc_endpoints[endpoint_id]
            endpoint[GROUPS] = ec2._parse_member_list(params, "SecurityGroupId")
            endpoint[DNS] = ec2._p(params, DNS) == "true"
        return answer

    return create


def _modify_endpoint(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def modify(params: dict[str, Any]) -> Any:
        endpoint = ec2._vpc_endpoints.get(ec2._p(params, "VpcEndpointId"))
        if endpoint is not None:
            removed = ec2._parse_member_list(params, "RemoveSecurityGroupId")
            added = ec2._parse_member_list(params, "AddSecurityGroupId")
            kept = [group for group in endpoint.get(GROUPS, []) if group not in removed]
            endpoint[GROUPS] = list(dict.fromkeys(kept + added))
            if given := ec2._p(params, DNS):
                endpoint[DNS] = given == "true"
        return theirs(params)

    return modify


def _endpoint_fields(theirs: Callable[..., str]) -> Callable[..., str]:
    def fields(endpoint: dict[str, Any], tag: str = "item") -> str:
        groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get(GROUPS, []))
        dns = str(endpoint.get(DNS, False)).lower()
        more = f"<groupSet>{groups}</groupSet><privateDnsEnabled>{dns}</privateDnsEnabled>"
        return theirs(endpoint, tag).replace("<subnetIdSet>", f"{more}<subnetIdSet>", 1)

    return fields


def install() -> None:
    handlers = hooks.original(ec2, "_ACTION_MAP")
    handlers["DescribeInstanceTypeOfferings"] = _describe_offerings
    handlers["CreateVpcEndpoint"] = _create_endpoint(handlers["CreateVpcEndpoint"])
    handlers["ModifyVpcEndpoint"] = _modify_endpoint(handlers["ModifyVpcEndpoint"])
    hooks.replace(ec2, "_vpce_fields_xml", _endpoint_fields)
    hooks.require(ec2, "_describe_availability_zones _parse_filters _parse_member_list _error _xml _p")

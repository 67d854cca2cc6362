"""EC2: instance type offerings, and fields of endpoints and security groups that MiniStack drops.

The first zone of a region offers no type newer than the sixth generation. In us-east-1 the zone use1-az3 lacks most
newer types, and its name differs between accounts, so a client that uses the first zone by name must fail here.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ec2

from emulator import hooks
from emulator.ec2_filters import filtered

OLDER_GENERATIONS = 6
GROUPS, DNS, POLICY = "SecurityGroupIds", "PrivateDnsEnabled", "PolicyDocument"
FULL_ACCESS = json.dumps(
    {"Version": "2008-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
)
"""The default policy of an endpoint."""


def offered(instance_type: str, zone: str) -> bool:
    """Whether instances of `instance_type`, e.g. m7g.xlarge, start in `zone`, e.g. us-east-1a."""
    generation = re.match(r"[a-z]+(\d+)", instance_type)
    return not zone.endswith("a") or generation is None or int(generation[1]) <= OLDER_GENERATIONS


def _describe_offerings(params: Mapping[str, Any]) -> Any:
    filters = ec2._parse_filters(params)
    wanted = filters.get("instance-type")
    if ec2._p(params, "LocationType") != "availability-zone" or not wanted or len(filters) > 1:
        message = (
            "The local AWS supports DescribeInstanceTypeOfferings only with LocationType availability-zone and the "
            "filter instance-type."
        )
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


def _create_endpoint(theirs: Callable[..., Any], params: dict[str, Any]) -> Any:
    known = set(ec2._vpc_endpoints)
    answer = theirs(params)
    for endpoint_id in set(ec2._vpc_endpoints) - known:
        endpoint = ec2._vpc_endpoints[endpoint_id]
        endpoint[GROUPS] = ec2._parse_member_list(params, "SecurityGroupId")
        endpoint[DNS] = ec2._p(params, DNS) == "true"
        endpoint[POLICY] = ec2._p(params, POLICY) or FULL_ACCESS
    return answer


def _modify_endpoint(theirs: Callable[..., Any], params: dict[str, Any]) -> Any:
    endpoint = ec2._vpc_endpoints.get(ec2._p(params, "VpcEndpointId"))
    if endpoint is not None:
        removed = ec2._parse_member_list(params, "RemoveSecurityGroupId")
        added = ec2._parse_member_list(params, "AddSecurityGroupId")
        kept = [group for group in endpoint.get(GROUPS, []) if group not in removed]
        endpoint[GROUPS] = list(dict.fromkeys(kept + added))
        if ec2._p(params, "ResetPolicy") == "true":
            endpoint[POLICY] = FULL_ACCESS
        if given := ec2._p(params, DNS):
            endpoint[DNS] = given == "true"
    return theirs(params)


def _endpoint_xml(theirs: Callable[..., str], endpoint: dict[str, Any], tag: str = "item") -> str:
    groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get(GROUPS, []))
    dns = str(endpoint.get(DNS, False)).lower()
    more = f"<groupSet>{groups}</groupSet><privateDnsEnabled>{dns}</privateDnsEnabled>"
    more += f"<policyDocument>{escape(endpoint.get(POLICY, FULL_ACCESS))}</policyDocument>"
    return theirs(endpoint, tag).replace("<subnetIdSet>", f"{more}<subnetIdSet>", 1)


def _parse_rules(theirs: Callable[..., Any], params: Mapping[str, Any], prefix: str) -> Any:
    """Rules of security groups with their prefix lists."""
    rules = theirs(params, prefix)
    for number, rule in enumerate(rules, 1):
        for index in count(1):
            part = f"{prefix}.{number}.PrefixListIds.{index}."
            if not ec2._p(params, f"{part}PrefixListId"):
                break
            named = {name: ec2._p(params, part + name) for name in ("PrefixListId", "Description")}
            rule["PrefixListIds"].append({name: value for name, value in named.items() if value})
    return rules


def _rule_xml(theirs: Callable[..., str], group: str, rule: dict[str, Any], is_egress: bool = False) -> str:
    shown = theirs(group, rule, is_egress)
    lists = [one["PrefixListId"] for one in rule.get("PrefixListIds", [])]
    return shown.replace("<isEgress>", f"<prefixListId>{lists[0]}</prefixListId><isEgress>", 1) if lists else shown


def install() -> None:
    handlers = hooks.original(ec2, "_ACTION_MAP")
    del handlers["DescribeVpcEndpointServices"]  # not used, and its two lists share the filters
    handlers.update({name: partial(filtered, name, handlers[name]) for name in handlers if name.startswith("Describe")})
    handlers["DescribeInstanceTypeOfferings"] = _describe_offerings
    handlers["CreateVpcEndpoint"] = partial(_create_endpoint, handlers["CreateVpcEndpoint"])
    handlers["ModifyVpcEndpoint"] = partial(_modify_endpoint, handlers["ModifyVpcEndpoint"])
    hooks.wrap(ec2, "_vpce_fields_xml", _endpoint_xml)
    hooks.wrap(ec2, "_parse_ip_permissions", _parse_rules)
    hooks.wrap(ec2, "_sg_rule_xml", _rule_xml)
    hooks.require(ec2, "_describe_availability_zones _parse_filters _parse_member_list _error _xml _p")

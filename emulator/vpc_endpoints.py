"""Interface endpoints of a VPC read back with their security groups and private DNS, which MiniStack drops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import ec2

from emulator import hooks

GROUPS, DNS = "SecurityGroupIds", "PrivateDnsEnabled"


def _created(theirs: Callable[..., Any]) -> Callable[..., Any]:
    def create(params: dict[str, Any]) -> Any:
        known = set(ec2._vpc_endpoints)
        answer = theirs(params)
        for endpoint_id in set(ec2._vpc_endpoints) - known:
            endpoint = ec2._vpc_endpoints[endpoint_id]
            endpoint[GROUPS] = ec2._parse_member_list(params, "SecurityGroupId")
            endpoint[DNS] = ec2._p(params, DNS) == "true"
        return answer

    return create


def _modified(theirs: Callable[..., Any]) -> Callable[..., Any]:
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


def _shown(theirs: Callable[..., str]) -> Callable[..., str]:
    def fields(endpoint: dict[str, Any], tag: str = "item") -> str:
        groups = "".join(f"<item><groupId>{group}</groupId></item>" for group in endpoint.get(GROUPS, []))
        dns = str(endpoint.get(DNS, False)).lower()
        more = f"<groupSet>{groups}</groupSet><privateDnsEnabled>{dns}</privateDnsEnabled>"
        return theirs(endpoint, tag).replace("<subnetIdSet>", f"{more}<subnetIdSet>", 1)

    return fields


def install() -> None:
    for name, make in (("CreateVpcEndpoint", _created), ("ModifyVpcEndpoint", _modified)):
        handlers = hooks.original(ec2, "_ACTION_MAP")
        handlers[name] = make(handlers[name])
    hooks.replace(ec2, "_vpce_fields_xml", _shown)

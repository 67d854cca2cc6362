"""What EMR checks of a cluster's network: its subnet, security groups and routes."""

from __future__ import annotations

import re
from typing import Any

from ministack.services import ec2

from emulator.emr import hardware, store
from emulator.emr.hardware import LaunchError

SERVICE_PORT = 9443
"""The primary node reports to EMR here, through the service access security group."""


def subnet(cluster: store.Record) -> Any:
    """The subnet that the cluster starts in; LaunchError when one that it asks for does not exist.

    EMR takes the one that fits best: here the first whose zone offers every instance type, or the first of all.
    """
    wanted = cluster["Ec2InstanceAttributes"]["RequestedEc2SubnetIds"]
    if not wanted:
        raise LaunchError("The local AWS starts clusters only in a given subnet: set Ec2SubnetIds.")
    for subnet_id in wanted:
        if subnet_id not in ec2._subnets:
            raise LaunchError(f"The subnet ID '{subnet_id}' does not exist")
    found = [ec2._subnets[subnet_id] for subnet_id in wanted]
    return next((one for one in found if not hardware.not_offered(cluster, one["AvailabilityZone"])), found[0])


def check_groups(cluster: store.Record, vpc: str) -> None:
    """LaunchError unless every security group of the cluster exists in `vpc`."""
    managed, service = groups(cluster)
    if not managed:
        raise LaunchError("The local AWS does not make security groups: set EmrManaged(Master|Slave)SecurityGroup.")
    for group in (*managed, *service):
        if ec2._security_groups.get(group, {}).get("VpcId") != vpc:
            raise LaunchError(f"The security group '{group}' does not exist in VPC {vpc}")


def groups(cluster: store.Record) -> tuple[list[str], list[str]]:
    """The managed groups of the nodes, and the group of EMR's access: each at most once."""
    attributes = cluster["Ec2InstanceAttributes"]
    managed = [attributes.get(f"EmrManaged{kind}SecurityGroup") for kind in ("Master", "Slave")]
    service = [attributes.get("ServiceAccessSecurityGroup")]
    unique = [list(dict.fromkeys(group for group in groups if group)) for groups in (managed, service)]
    return unique[0], unique[1]


def _route_table(subnet: Any) -> Any:
    tables = [table for table in ec2._route_tables.values() if table["VpcId"] == subnet["VpcId"]]
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t["Associations"])]
    return (own or [t for t in tables if any(a.get("Main") for a in t["Associations"])] or [{"Routes": []}])[0]


def check_routes(cluster: store.Record, subnet: Any) -> None:
    """A private subnet needs a way to S3, and a group through which EMR reaches the primary node."""
    table = _route_table(subnet)
    targets = [str(v) for route in table["Routes"] for k, v in route.items() if k.endswith("Id") and v != "local"]
    if any(target.startswith("igw-") for target in targets):
        return
    if not cluster["Ec2InstanceAttributes"].get("ServiceAccessSecurityGroup"):
        raise LaunchError(
            "You must also specify a ServiceAccessSecurityGroup if you use custom security groups when creating a "
            "cluster in a private subnet."
        )
    to_s3 = [
        endpoint
        for endpoint in ec2._vpc_endpoints.values()
        if endpoint["ServiceName"].endswith(".s3") and table.get("RouteTableId") in endpoint.get("RouteTableIds", [])
    ]
    if not targets and not to_s3:
        raise LaunchError(
            "The VPC/subnet configuration was invalid: No route to any external sources detected in Route Table for "
            f"Subnet: {subnet['SubnetId']} for VPC: {subnet['VpcId']}"
        )


def check_service_access(cluster: store.Record) -> None:
    """LaunchError when the service access group does not let the primary node in."""
    attributes = cluster["Ec2InstanceAttributes"]
    service, master = attributes.get("ServiceAccessSecurityGroup"), attributes["EmrManagedMasterSecurityGroup"]
    if service is None:
        return
    for rule in ec2._security_groups[service].get("IpPermissions", []):
        ports = range(int(rule.get("FromPort") or 0), int(rule.get("ToPort") or 65535) + 1)
        sources = [pair.get("GroupId") for pair in rule.get("UserIdGroupPairs", [])]
        if master in sources and (str(rule["IpProtocol"]) == "-1" or SERVICE_PORT in ports):
            return
    raise LaunchError(
        f"ServiceAccessSecurityGroup is missing ingress rule from EmrManagedMasterSecurityGroup on port {SERVICE_PORT}"
    )


def reaches_logs(cluster: store.Record) -> bool:
    """Whether CloudWatch Logs can be reached: through a gateway or an endpoint in the VPC."""
    subnet = ec2._subnets.get(cluster["Ec2InstanceAttributes"]["Ec2SubnetId"])
    if subnet is None:
        return False
    routes = _route_table(subnet)["Routes"]
    if any(re.match(r"(igw|nat|tgw|eni|i)-", str(value)) for route in routes for value in route.values()):
        return True
    endpoints = [e for e in ec2._vpc_endpoints.values() if e["VpcId"] == subnet["VpcId"]]
    return any(endpoint["ServiceName"].endswith(".logs") for endpoint in endpoints)

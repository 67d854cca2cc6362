"""What EMR checks before it has instances: the roles, the network, and the service role's real policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, tagging

from emulator import authorization, roles
from emulator.emr import requests, store

LINKED_ROLE_MISSING = (
    "Service-linked role 'AWSServiceRoleForEMRCleanup' for EMR is required. Please create this role directly or "
    "add permission to create it in your IAM entity."
)
SERVICE_PORT = 9443
"""The primary node reports to EMR here, through the service access security group."""


class LaunchError(Exception):
    """The cluster ends with errors: Code and Message of its StateChangeReason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _invalid(message: str) -> LaunchError:
    return LaunchError("VALIDATION_ERROR", message)


def check(cluster: store.Record) -> None:
    """LaunchError unless EMR can start the instances; the cluster then has its subnet."""
    if not cluster["linkedRole"]:
        raise _invalid(LINKED_ROLE_MISSING)
    role = cluster["serviceRole"]
    if not roles.trusts(role, requests.PRINCIPAL, cluster["ClusterArn"]):
        raise _invalid(f"EMR service role {role} is invalid")
    subnet = _subnet(cluster)
    _check_groups(cluster, subnet["VpcId"])
    cluster["Ec2InstanceAttributes"].update(
        Ec2SubnetId=subnet["SubnetId"], Ec2AvailabilityZone=subnet["AvailabilityZone"]
    )
    try:
        for action, resource, keys in _calls(cluster):
            authorization.require(role, action, resource, keys, session_name="CCSSession")
    except authorization.AccessDenied as denied:
        raise _invalid(f"Service role {role} has insufficient EC2 permissions. EC2 Message: {denied}") from None
    _check_routes(cluster, subnet)
    _check_service_access(cluster)


def bootstrap(cluster: store.Record) -> None:
    """LaunchError unless the instances can start their software: credentials, and a way out of the network."""
    master = next(instance for instance in cluster["instances"] if instance["kind"] == "MASTER")
    failed = f"On the master instance ({master['Ec2InstanceId']}), application provisioning failed: "
    role = cluster["instanceRole"]
    if not roles.trusts(role, "ec2.amazonaws.com", _arn("instance", master["Ec2InstanceId"])):
        raise LaunchError("BOOTSTRAP_FAILURE", f"{failed}role {role} does not trust ec2.amazonaws.com.")
    for kind in ("Master", "Slave"):
        group = cluster["Ec2InstanceAttributes"][f"EmrManaged{kind}SecurityGroup"]
        if not ec2._security_groups[group].get("IpPermissionsEgress"):
            raise LaunchError("BOOTSTRAP_FAILURE", f"{failed}security group {group} has no egress rule.")


def _subnet(cluster: store.Record) -> Any:
    wanted = cluster["Ec2InstanceAttributes"]["RequestedEc2SubnetIds"]
    if not wanted:
        raise _invalid("The local AWS starts clusters only in a given subnet: set Ec2SubnetId or Ec2SubnetIds.")
    for subnet_id in wanted:
        if subnet_id not in ec2._subnets:
            raise _invalid(f"The subnet ID '{subnet_id}' does not exist")
    return ec2._subnets[wanted[0]]


def _check_groups(cluster: store.Record, vpc: str) -> None:
    managed, additional, service = _groups(cluster)
    if not managed:
        raise _invalid("The local AWS does not make security groups: set EmrManaged(Master|Slave)SecurityGroup.")
    for group in (*managed, *additional, *service):
        if ec2._security_groups.get(group, {}).get("VpcId") != vpc:
            raise _invalid(f"The security group '{group}' does not exist in VPC {vpc}")


def _groups(cluster: store.Record) -> tuple[list[str], list[str], list[str]]:
    """The managed and the additional groups of the nodes, and the group of EMR's access: each at most once."""
    attributes, kinds = cluster["Ec2InstanceAttributes"], ("Master", "Slave")
    managed = [attributes.get(f"EmrManaged{kind}SecurityGroup") for kind in kinds]
    additional = [group for kind in kinds for group in attributes.get(f"Additional{kind}SecurityGroups", [])]
    service = [attributes.get("ServiceAccessSecurityGroup")]
    unique = [list(dict.fromkeys(group for group in groups if group)) for groups in (managed, additional, service)]
    return unique[0], unique[1], unique[2]


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}"


def _resource_tags(arn: str) -> dict[str, str]:
    return {f"aws:ResourceTag/{key}": value for key, value in (tagging.resource_tags(arn) or {}).items()}


def _calls(cluster: store.Record) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The calls of EMR with the service role, as (action, resource, condition keys): cluster tags are passed on."""
    requested = {f"aws:RequestTag/{key}": value for key, value in store.tags(cluster).items()}
    managed, additional, service = _groups(cluster)
    subnet = _arn("subnet", cluster["Ec2InstanceAttributes"]["Ec2SubnetId"])
    yield "ec2:DescribeSubnets", "*", {}
    yield "ec2:DescribeSecurityGroups", "*", {}
    launches = ["ec2:RunInstances"]
    if cluster["InstanceCollectionType"] == "INSTANCE_FLEET":
        launches.append("ec2:CreateFleet")
        yield "ec2:CreateLaunchTemplate", _arn("launch-template", "*"), requested
    for action in launches:
        for arn in (subnet, *(_arn("security-group", group) for group in (*managed, *additional))):
            yield action, arn, _resource_tags(arn)
        for kind in ("instance", "volume"):
            yield action, _arn(kind, "*"), requested
        yield action, _arn("network-interface", "*"), {}
        yield "ec2:CreateTags", _arn("instance", "*"), {**requested, "ec2:CreateAction": action[4:]}
    yield "iam:PassRole", cluster["instanceRole"], {"iam:PassedToService": "ec2.amazonaws.com"}
    for group in managed:
        arn = _arn("security-group", group)
        yield "ec2:AuthorizeSecurityGroupIngress", arn, _resource_tags(arn)
    for group in service:
        for arn in (subnet, _arn("security-group", group)):
            yield "ec2:CreateNetworkInterface", arn, _resource_tags(arn)
        yield "ec2:CreateNetworkInterface", _arn("network-interface", "*"), requested


def _route_table(subnet: Any) -> Any:
    tables = [table for table in ec2._route_tables.values() if table["VpcId"] == subnet["VpcId"]]
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t["Associations"])]
    return (own or [t for t in tables if any(a.get("Main") for a in t["Associations"])] or [{"Routes": []}])[0]


def _check_routes(cluster: store.Record, subnet: Any) -> None:
    """A private subnet needs a way to S3, and a group through which EMR reaches the primary node."""
    table = _route_table(subnet)
    targets = [str(v) for route in table["Routes"] for k, v in route.items() if k.endswith("Id") and v != "local"]
    if any(target.startswith("igw-") for target in targets):
        return
    if not cluster["Ec2InstanceAttributes"].get("ServiceAccessSecurityGroup"):
        raise _invalid(
            "You must also specify a ServiceAccessSecurityGroup if you use custom security groups when creating a "
            "cluster in a private subnet."
        )
    to_s3 = [
        endpoint
        for endpoint in ec2._vpc_endpoints.values()
        if endpoint["ServiceName"].endswith(".s3") and table.get("RouteTableId") in endpoint.get("RouteTableIds", [])
    ]
    if not targets and not to_s3:
        raise _invalid(
            "The VPC/subnet configuration was invalid: No route to any external sources detected in Route Table for "
            f"Subnet: {subnet['SubnetId']} for VPC: {subnet['VpcId']}"
        )


def _check_service_access(cluster: store.Record) -> None:
    attributes = cluster["Ec2InstanceAttributes"]
    service, master = attributes.get("ServiceAccessSecurityGroup"), attributes["EmrManagedMasterSecurityGroup"]
    if service is None:
        return
    for rule in ec2._security_groups[service].get("IpPermissions", []):
        ports = range(int(rule.get("FromPort") or 0), int(rule.get("ToPort") or 65535) + 1)
        sources = [pair.get("GroupId") for pair in rule.get("UserIdGroupPairs", [])]
        if master in sources and (str(rule["IpProtocol"]) == "-1" or SERVICE_PORT in ports):
            return
    raise _invalid(
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

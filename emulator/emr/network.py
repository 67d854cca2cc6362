"""EMR's checks of a cluster's network: subnet, security groups and routes."""

from collections.abc import Iterator
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import ec2

from emulator import authorization, ec2_api
from emulator.emr import hardware, store

SERVICE_PORT, HTTPS_PORT = 9443, 443
"""Ports on which the primary node reaches EMR, through the service access security group, and S3."""
SERVICE_ACCESS = "ServiceAccessSecurityGroup"
MANAGED = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup")


def managed(attributes: store.Record) -> list[str]:
    """The distinct security groups of the nodes."""
    return list(dict.fromkeys(attributes[kind] for kind in MANAGED if attributes.get(kind)))


def subnet(cluster: store.Record) -> Any:
    """The cluster's subnet: the first one whose zone offers all instance types, or else the first one."""
    found = [ec2._subnets[each] for each in cluster["Ec2InstanceAttributes"]["RequestedEc2SubnetIds"]]
    return next((one for one in found if not hardware.not_offered(cluster, one["AvailabilityZone"])), found[0])


def missing(attributes: store.Record) -> Iterator[str]:
    """Missing subnets and security groups of the cluster."""
    subnets, groups = attributes["RequestedEc2SubnetIds"], managed(attributes)
    if not subnets:
        yield "The local AWS does not support clusters without a subnet: set Ec2SubnetIds."
    for subnet_id in subnets:
        if subnet_id not in ec2._subnets:
            yield f"The subnet ID '{subnet_id}' does not exist"
    if not groups:
        yield "The local AWS does not create security groups: set EmrManaged(Master|Slave)SecurityGroup."
    vpc = ec2._subnets[subnets[0]]["VpcId"]
    for group in (*groups, attributes.get(SERVICE_ACCESS)):
        if group and ec2._security_groups.get(group, {}).get("VpcId") != vpc:
            yield f"The security group '{group}' does not exist in VPC {vpc}"


def unreachable(attributes: store.Record, subnet: Any) -> Iterator[str]:
    """Problems of routes: a private subnet needs a route to S3, and a service access security group."""
    table, targets = _route_table(subnet)
    service = attributes.get(SERVICE_ACCESS)
    if not any(target.startswith("igw-") for target in targets):
        if not service:
            yield (
                "You must also specify a ServiceAccessSecurityGroup if you use custom security groups when creating a "
                "cluster in a private subnet."
            )
        if not targets and not any(table in (one.get("RouteTableIds") or []) for one in _endpoints(subnet, "s3")):
            yield (
                "The VPC/subnet configuration was invalid: No route to any external sources detected in Route Table "
                f"for Subnet: {subnet['SubnetId']} for VPC: {subnet['VpcId']}"
            )
    rules = ec2._security_groups[service].get("IpPermissions", []) if service else []
    if service and not any(_allows_group(rule, attributes[MANAGED[0]]) for rule in rules):
        yield f"{SERVICE_ACCESS} is missing ingress rule from {MANAGED[0]} on port {SERVICE_PORT}"


def _allows_group(rule: Any, group: str) -> bool:
    sources = [pair.get("GroupId") for pair in rule.get("UserIdGroupPairs", [])]
    return group in sources and _has_port(rule, SERVICE_PORT)


def _has_port(rule: Any, port: int) -> bool:
    ports = range(int(rule.get("FromPort") or 0), int(rule.get("ToPort") or 65535) + 1)
    return str(rule["IpProtocol"]) == "-1" or port in ports


def cut_off(attributes: store.Record) -> Iterator[str]:
    """Why a node cannot download its software from S3: its security groups, or the endpoint's policy."""
    for group in managed(attributes):
        rules = ec2._security_groups[group].get("IpPermissionsEgress") or []
        if not any(_leads_to_s3(rule) for rule in rules):
            yield f"security group {group} has no egress rule for HTTPS to S3."
    subnet = ec2._subnets[attributes["Ec2SubnetId"]]
    for endpoint in [] if _route_table(subnet)[1] else _endpoints(subnet, "s3"):
        for bucket in (f"al2023-repos-{get_region()}-de612dc2", f"repo.{get_region()}.emr.amazonaws.com"):
            arn = f"arn:aws:s3:::{bucket}/x"
            request = authorization.evaluation("s3:GetObject", arn, {}, principal_arn="*", principal_type="Anonymous")
            policy = endpoint.get(ec2_api.POLICY, ec2_api.FULL_ACCESS)
            if iam_evaluator.evaluate_resource_policy(policy, request).decision != "Allow":
                yield f"the policy of endpoint {endpoint['VpcEndpointId']} does not allow packages in {bucket}."


def _leads_to_s3(rule: Any) -> bool:
    anywhere = any(one.get("CidrIp") == "0.0.0.0/0" for one in rule.get("IpRanges", []))
    s3 = ec2._aws_pl_id_from_name(f"com.amazonaws.{get_region()}.s3")
    listed = any(one.get("PrefixListId") == s3 for one in rule.get("PrefixListIds", []))
    return (anywhere or listed) and _has_port(rule, HTTPS_PORT)


def reaches_logs(cluster: store.Record) -> bool:
    """Whether CloudWatch Logs is reachable, through a gateway or a VPC endpoint."""
    subnet = ec2._subnets.get(cluster["Ec2InstanceAttributes"]["Ec2SubnetId"])
    return subnet is not None and bool(_route_table(subnet)[1] or list(_endpoints(subnet, "logs")))


def _route_table(subnet: Any) -> tuple[str, list[str]]:
    """The id of the subnet's route table, and the targets of its routes, like gateways."""
    tables = [table for table in ec2._route_tables.values() if table["VpcId"] == subnet["VpcId"]]
    own = [t for t in tables if any(a.get("SubnetId") == subnet["SubnetId"] for a in t["Associations"])]
    main = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
    for table in (own or main)[:1]:
        values = [(key, str(value)) for route in table["Routes"] for key, value in route.items()]
        is_target = [value for key, value in values if key.endswith("Id") and not value.startswith(("local", "vpce-"))]
        return table["RouteTableId"], is_target
    return "", []


def _endpoints(subnet: Any, service: str) -> Iterator[Any]:
    for endpoint in ec2._vpc_endpoints.values():
        if endpoint["VpcId"] == subnet["VpcId"] and endpoint["ServiceName"].endswith(f".{service}"):
            yield endpoint

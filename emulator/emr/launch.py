"""What EMR checks before it has instances: the roles, the network, and the service role's real policies."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, tagging

from emulator import authorization, linked_roles, roles
from emulator.emr import hardware, network, requests, store
from emulator.emr.errors import LaunchError, invalid

LINKED_ROLE_MISSING = (
    "Service-linked role 'AWSServiceRoleForEMRCleanup' for EMR is required. Please create this role directly or "
    "add permission to create it in your IAM entity."
)
SPOT = "spot.amazonaws.com"
SPOT_ROLE_REFUSED = (
    "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."
)
"""EC2's AuthFailure.ServiceLinkedRoleCreationNotPermitted. How EMR passes it on is not documented, nor whether it would
take On-Demand instances instead, as it does for want of capacity: here the cluster fails."""
SESSION = "CCSSession"


def check(cluster: store.Record) -> None:
    """LaunchError unless EMR can start the instances; the cluster then has its subnet."""
    if not cluster["linkedRole"]:
        raise invalid(LINKED_ROLE_MISSING)
    role = cluster["serviceRole"]
    if not roles.trusts(role, requests.PRINCIPAL, cluster["ClusterArn"]):
        raise invalid(f"EMR service role {role} is invalid")
    subnet = network.subnet(cluster)
    network.check_groups(cluster, subnet["VpcId"])
    hardware.check_offered(cluster, subnet["AvailabilityZone"])
    cluster["Ec2InstanceAttributes"].update(
        Ec2SubnetId=subnet["SubnetId"], Ec2AvailabilityZone=subnet["AvailabilityZone"]
    )
    try:
        for action, resource, keys in _calls(cluster):
            authorization.require(role, action, resource, keys, session_name=SESSION)
    except authorization.AccessDenied as denied:
        raise _insufficient(role, str(denied)) from None
    if hardware.wants_spot(cluster):
        _provide_spot_role(role)
    network.check_routes(cluster, subnet)
    network.check_service_access(cluster)


def _provide_spot_role(role: str) -> None:
    try:
        linked_roles.provide(SPOT, partial(authorization.require, role, session_name=SESSION))
    except authorization.AccessDenied:
        raise _insufficient(role, SPOT_ROLE_REFUSED) from None


def _insufficient(role: str, message: str) -> LaunchError:
    return invalid(f"Service role {role} has insufficient EC2 permissions. EC2 Message: {message}")


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


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}"


def _resource_tags(arn: str) -> dict[str, str]:
    return {f"aws:ResourceTag/{key}": value for key, value in (tagging.resource_tags(arn) or {}).items()}


def _calls(cluster: store.Record) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The calls of EMR with the service role, as (action, resource, condition keys): cluster tags are passed on."""
    requested = {f"aws:RequestTag/{key}": value for key, value in store.tags(cluster).items()}
    managed, service = network.groups(cluster)
    subnet = _arn("subnet", cluster["Ec2InstanceAttributes"]["Ec2SubnetId"])
    yield "ec2:DescribeSubnets", "*", {}
    yield "ec2:DescribeSecurityGroups", "*", {}
    yield "ec2:CreateLaunchTemplate", _arn("launch-template", "*"), requested
    for action in ("ec2:RunInstances", "ec2:CreateFleet"):
        for arn in (subnet, *(_arn("security-group", group) for group in managed)):
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

"""EMR's checks when a cluster starts: roles, network and the service role's policies."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ministack.core.responses import get_account_id, get_region
from ministack.services import iam, tagging

from emulator import authorization, hooks, linked_roles, roles
from emulator.emr import hardware, network, requests, store
from emulator.emr.hardware import LaunchError

LINKED_ROLE_MISSING = (
    "Service-linked role 'AWSServiceRoleForEMRCleanup' for EMR is required. Please create this role directly or "
    "add permission to create it in your IAM entity."
)
SPOT = "spot.amazonaws.com"
SPOT_ROLE_DENIED = (
    "The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances."
)
"""EC2's AuthFailure.ServiceLinkedRoleCreationNotPermitted. EMR's message is not documented, nor whether EMR uses
On-Demand instances instead, as it does without Spot capacity; here the cluster fails."""
SESSION = "CCSSession"
SERVICE_POLICY = "service-role/AmazonEMRServicePolicy_v2"
SERVICE_POLICY_FILE = Path(__file__).with_name("service-policy-v2.json")
"""Version 6 of February 2026, without placement groups, capacity reservations and automatic scaling."""


def install_service_policy() -> None:
    """Add the managed policy of the service role to MiniStack's IAM."""
    text = json.dumps(json.loads(SERVICE_POLICY_FILE.read_text()))
    description = "Permissions of the EMR service role on resources tagged for EMR managed policies."
    record = hooks.original(iam, "_make_aws_managed_record")(SERVICE_POLICY, text, description)
    hooks.original(iam, "_aws_managed_policies")[record["Arn"]] = record


def check(cluster: store.Record) -> None:
    """LaunchError unless EMR can start the instances. Sets the cluster's subnet."""
    if problem := next(_problems(cluster), None):
        raise LaunchError(problem)


def _problems(cluster: store.Record) -> Iterator[str]:
    role, attributes = cluster["serviceRole"], cluster["Ec2InstanceAttributes"]
    if not cluster["linkedRole"]:
        yield LINKED_ROLE_MISSING
    if not roles.trusts(role, requests.PRINCIPAL, cluster["ClusterArn"]):
        yield f"EMR service role {role} is invalid"
    yield from network.missing(attributes)
    subnet = network.subnet(cluster)
    if types := hardware.not_offered(cluster, subnet["AvailabilityZone"]):
        zone = f"the requested availability zone {subnet['AvailabilityZone']}"
        # Documented for instance groups; here also for a single type of a fleet.
        yield f"The requested instance type {types[0]} is not supported in {zone}."
    attributes.update(Ec2SubnetId=subnet["SubnetId"], Ec2AvailabilityZone=subnet["AvailabilityZone"])
    insufficient = f"Service role {role} has insufficient EC2 permissions. EC2 Message: "
    require = partial(authorization.require, role, session_name=SESSION)
    try:
        for action, resource, keys in _calls(cluster):
            require(action, resource, keys)
    except authorization.AccessDenied as denied:
        yield f"{insufficient}{denied}"
    try:
        if hardware.wants_spot(cluster):
            linked_roles.provide(SPOT, require)
    except authorization.AccessDenied:
        yield f"{insufficient}{SPOT_ROLE_DENIED}"
    yield from network.unreachable(attributes, subnet)


def bootstrap(cluster: store.Record) -> None:
    """LaunchError unless the instances have credentials and can download their software."""
    failed = f"On the master instance ({cluster['master']}), application provisioning failed: "
    role = cluster["instanceRole"]
    if not roles.trusts(role, "ec2.amazonaws.com", _arn("instance", cluster["master"])):
        raise LaunchError(f"{failed}role {role} does not trust ec2.amazonaws.com.", "BOOTSTRAP_FAILURE")
    if problem := next(network.cut_off(cluster["Ec2InstanceAttributes"]), None):
        raise LaunchError(f"{failed}{problem}", "BOOTSTRAP_FAILURE")


def _arn(kind: str, name: str) -> str:
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}"


def _resource_tags(arn: str) -> dict[str, str]:
    return {f"aws:ResourceTag/{key}": value for key, value in (tagging.resource_tags(arn) or {}).items()}


def _calls(cluster: store.Record) -> Iterator[tuple[str, str, dict[str, str]]]:
    """EMR's calls with the service role and the cluster's tags, as (action, resource, condition keys)."""
    attributes = cluster["Ec2InstanceAttributes"]
    requested = {f"aws:RequestTag/{key}": value for key, value in store.tags(cluster).items()}
    subnet = _arn("subnet", attributes["Ec2SubnetId"])
    groups = [_arn("security-group", group) for group in network.managed(attributes)]
    yield "ec2:DescribeSubnets", "*", {}
    yield "ec2:DescribeSecurityGroups", "*", {}
    yield "ec2:CreateLaunchTemplate", _arn("launch-template", "*"), requested
    for action in ("ec2:RunInstances", "ec2:CreateFleet"):
        for arn in (subnet, *groups):
            yield action, arn, _resource_tags(arn)
        for kind in ("instance", "volume"):
            yield action, _arn(kind, "*"), requested
        yield action, _arn("network-interface", "*"), {}
        yield "ec2:CreateTags", _arn("instance", "*"), {**requested, "ec2:CreateAction": action[4:]}
    yield "iam:PassRole", cluster["instanceRole"], {"iam:PassedToService": "ec2.amazonaws.com"}
    for arn in groups:
        yield "ec2:AuthorizeSecurityGroupIngress", arn, _resource_tags(arn)
    if service := attributes.get(network.SERVICE_ACCESS):
        for arn in (subnet, _arn("security-group", service)):
            yield "ec2:CreateNetworkInterface", arn, _resource_tags(arn)
        yield "ec2:CreateNetworkInterface", _arn("network-interface", "*"), requested

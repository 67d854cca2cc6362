"""What AWS refuses in a studio: names, networks that do not fit together, places that are none."""

from __future__ import annotations

from ministack.services import ec2

from emulator.models import ApiError, Params

MOST_SUBNETS = 5


def invalid(message: str) -> ApiError:
    return ApiError("InvalidRequestException", message)


def check_name(name: str) -> None:
    if not name.strip():
        raise invalid("Name must not be blank.")


def check_location(location: str) -> None:
    bucket, _, folder = location.removeprefix("s3://").partition("/")
    if not location.startswith("s3://") or not bucket or not folder.strip("/"):
        raise invalid(f"DefaultS3Location must be s3://bucket/folder, not {location!r}.")


def check_network(params: Params) -> None:
    """VPC, subnets and the two security groups exist, belong together, and the groups are two."""
    vpc = params["VpcId"]
    if vpc not in ec2._vpcs:
        raise invalid(f"VPC {vpc} does not exist.")
    check_subnets(params["SubnetIds"], vpc)
    groups = (params["EngineSecurityGroupId"], params["WorkspaceSecurityGroupId"])
    if groups[0] == groups[1]:
        raise invalid(f"EngineSecurityGroupId and WorkspaceSecurityGroupId must be two groups; both are {groups[0]}.")
    for group in groups:
        if ec2._security_groups.get(group, {}).get("VpcId") != vpc:
            raise invalid(f"Security group {group} does not exist in VPC {vpc}.")


def check_subnets(subnets: list[str], vpc: str) -> None:
    if not 1 <= len(subnets) <= MOST_SUBNETS:
        raise invalid(f"SubnetIds must name 1 to {MOST_SUBNETS} subnets, not {len(subnets)}.")
    for subnet in subnets:
        if ec2._subnets.get(subnet, {}).get("VpcId") != vpc:
            raise invalid(f"Subnet {subnet} does not exist in VPC {vpc}.")

"""EMR Studio: what a studio must be made of, its tags, and who may use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make, Unique
from policies import allow


@dataclass(frozen=True)
class Network:
    vpc: str
    subnet: str
    engine: str
    workspace: str


@pytest.fixture
def network(client: Client, unique: Unique) -> Network:
    return make_network(client("ec2"), unique)


def make_network(ec2: Any, unique: Unique) -> Network:
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    groups = [
        ec2.create_security_group(GroupName=unique("group"), Description="studio", VpcId=vpc)["GroupId"]
        for _ in range(2)
    ]
    return Network(vpc, subnet, *groups)


@pytest.fixture
def request_of(network: Network, make_role: Make) -> dict[str, Any]:
    """A CreateStudio that AWS accepts."""
    return {
        "Name": "notebooks",
        "AuthMode": "IAM",
        "VpcId": network.vpc,
        "SubnetIds": [network.subnet],
        "ServiceRole": make_role("elasticmapreduce.amazonaws.com"),
        "EngineSecurityGroupId": network.engine,
        "WorkspaceSecurityGroupId": network.workspace,
        "DefaultS3Location": "s3://notebooks/work",
        "Tags": [{"Key": "project", "Value": "studio"}],
    }


def test_a_studio_reads_back_as_it_was_made(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    made = emr.create_studio(**request_of)
    studio = emr.describe_studio(StudioId=made["StudioId"])["Studio"]
    assert {key: studio[key] for key in request_of} == request_of
    assert studio["StudioArn"].endswith(f":studio/{made['StudioId']}") and studio["Url"] == made["Url"]
    assert made["StudioId"] in [item["StudioId"] for item in emr.list_studios()["Studios"]]


def test_tags_are_added_replaced_and_removed(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    studio = emr.create_studio(**request_of)["StudioId"]
    emr.add_tags(ResourceId=studio, Tags=[{"Key": "project", "Value": "new"}, {"Key": "owner", "Value": "me"}])
    emr.remove_tags(ResourceId=studio, TagKeys=["owner"])
    assert emr.describe_studio(StudioId=studio)["Studio"]["Tags"] == [{"Key": "project", "Value": "new"}]


def test_an_update_changes_what_it_names_only(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    studio = emr.create_studio(**request_of)["StudioId"]
    emr.update_studio(StudioId=studio, Description="for analysts")
    read = emr.describe_studio(StudioId=studio)["Studio"]
    assert (read["Description"], read["Name"]) == ("for analysts", "notebooks")
    with pytest.raises(ClientError, match="does not exist in VPC"):
        emr.update_studio(StudioId=studio, SubnetIds=[*request_of["SubnetIds"], "subnet-0"])


def test_a_deleted_studio_is_gone(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    studio = emr.create_studio(**request_of)["StudioId"]
    emr.delete_studio(StudioId=studio)
    with pytest.raises(ClientError, match="Studio does not exist") as refused:
        emr.describe_studio(StudioId=studio)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("VpcId", "vpc-0", "VPC vpc-0 does not exist"),
        ("SubnetIds", ["subnet-0"], "Subnet subnet-0 does not exist"),
        ("EngineSecurityGroupId", "sg-0", "Security group sg-0 does not exist"),
        ("AuthMode", "SSO", "The local AWS does not support AuthMode SSO"),
        ("DefaultS3Location", "bucket", "must be s3://"),
        ("DefaultS3Location", "s3://bucket/", "must be s3://bucket/folder"),
        ("ServiceRole", "arn:aws:iam::000000000000:role/missing", "does not exist"),
        ("AuthMode", "PASSWORD", "enum value set"),
        ("Name", " ", "Name must not be blank"),
        ("Name", "n" * 257, "less than or equal to 256"),
    ],
)
def test_a_studio_that_aws_would_refuse_is_refused(
    client: Client, request_of: dict[str, Any], field: str, value: Any, complaint: str
) -> None:
    with pytest.raises(ClientError, match=complaint):
        client("emr", parameter_validation=False).create_studio(**{**request_of, field: value})


def test_engine_and_workspace_need_two_security_groups(client: Client, request_of: dict[str, Any]) -> None:
    request_of["WorkspaceSecurityGroupId"] = request_of["EngineSecurityGroupId"]
    with pytest.raises(ClientError, match="two groups"):
        client("emr").create_studio(**request_of)


def test_a_security_group_of_another_vpc_is_refused(client: Client, request_of: dict[str, Any], unique: Unique) -> None:
    request_of["EngineSecurityGroupId"] = make_network(client("ec2"), unique).engine
    with pytest.raises(ClientError, match="does not exist in VPC"):
        client("emr").create_studio(**request_of)


def test_the_service_role_must_trust_emr(client: Client, request_of: dict[str, Any], make_role: Make) -> None:
    request_of["ServiceRole"] = make_role("ec2.amazonaws.com")
    with pytest.raises(ClientError, match="trust policy"):
        client("emr").create_studio(**request_of)


def test_a_caller_without_permission_is_refused(
    client: Client, request_of: dict[str, Any], make_role: Make, credentials_of: Assume
) -> None:
    studio = client("emr").create_studio(**request_of)["StudioId"]
    allowed = allow(
        ["elasticmapreduce:DescribeStudio", "elasticmapreduce:CreateStudio"],
        f"arn:aws:elasticmapreduce:us-east-1:000000000000:studio/{studio}",
    )
    emr = client("emr", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    assert emr.describe_studio(StudioId=studio)["Studio"]["Name"] == "notebooks"
    with pytest.raises(ClientError, match="AccessDenied"):
        emr.delete_studio(StudioId=studio)

"""EMR Studio: checks of requests, tags and permissions."""

from typing import Any

import pytest
from account import Client, allow, make_role, rejected, unique


def make_network(ec2: Any) -> dict[str, Any]:
    """A VPC with a subnet and two security groups, as parameters of CreateStudio."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    groups = {
        f"{kind}SecurityGroupId": ec2.create_security_group(GroupName=unique("group"), Description="d", VpcId=vpc)[
            "GroupId"
        ]
        for kind in ("Engine", "Workspace")
    }
    return {"VpcId": vpc, "SubnetIds": [subnet], **groups}


@pytest.fixture
def request_of(client: Client) -> dict[str, Any]:
    """Valid parameters of CreateStudio."""
    return {
        "Name": "notebooks",
        "AuthMode": "IAM",
        **make_network(client("ec2")),
        "ServiceRole": make_role(client, "elasticmapreduce.amazonaws.com"),
        "DefaultS3Location": "s3://notebooks/work",
        "Tags": [{"Key": "project", "Value": "studio"}],
    }


def test_a_studio_is_stored_until_it_is_deleted(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    made = emr.create_studio(**request_of)
    studio = emr.describe_studio(StudioId=made["StudioId"])["Studio"]
    assert {key: studio[key] for key in request_of} == request_of
    assert studio["StudioArn"].endswith(f":studio/{made['StudioId']}") and studio["Url"] == made["Url"]
    assert made["StudioId"] in [item["StudioId"] for item in emr.list_studios()["Studios"]]
    emr.delete_studio(StudioId=made["StudioId"])
    with rejected("InvalidRequestException", "Studio does not exist"):
        emr.describe_studio(StudioId=made["StudioId"])


def test_an_update_changes_only_given_fields_and_tags(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    studio = emr.create_studio(**request_of)["StudioId"]
    emr.add_tags(ResourceId=studio, Tags=[{"Key": "project", "Value": "new"}, {"Key": "owner", "Value": "me"}])
    emr.remove_tags(ResourceId=studio, TagKeys=["owner"])
    emr.update_studio(StudioId=studio, Description="for analysts")
    read = emr.describe_studio(StudioId=studio)["Studio"]
    assert (read["Description"], read["Name"]) == ("for analysts", "notebooks")
    assert read["Tags"] == [{"Key": "project", "Value": "new"}]
    with rejected("InvalidRequestException", "does not exist in VPC"):
        emr.update_studio(StudioId=studio, SubnetIds=[*request_of["SubnetIds"], "subnet-0"])


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("VpcId", "vpc-0", "VPC vpc-0 does not exist"),
        ("SubnetIds", ["subnet-0"], "Subnet subnet-0 does not exist"),
        ("EngineSecurityGroupId", "sg-0", "Security group sg-0 does not exist in VPC"),
        ("AuthMode", "SSO", "The local AWS does not support AuthMode SSO"),
        ("DefaultS3Location", "bucket", "must be s3://"),
        ("DefaultS3Location", "s3://bucket/", "must be s3://bucket/folder"),
        ("ServiceRole", "arn:aws:iam::000000000000:role/missing", "does not exist, or its trust policy does not allow"),
        ("AuthMode", "PASSWORD", "enum value set"),
        ("Name", "n" * 257, "less than or equal to 256"),
    ],
)
def test_an_invalid_studio_is_rejected(
    client: Client, request_of: dict[str, Any], field: str, value: Any, complaint: str
) -> None:
    with rejected(r"\w+", complaint):
        client("emr", parameter_validation=False).create_studio(**{**request_of, field: value})


def test_a_studio_with_inconsistent_resources_is_rejected(client: Client, request_of: dict[str, Any]) -> None:
    others, engine = make_network(client("ec2")), request_of["EngineSecurityGroupId"]
    for changes, complaint in (
        ({"WorkspaceSecurityGroupId": engine}, "must be two groups"),
        ({"EngineSecurityGroupId": others["EngineSecurityGroupId"]}, "does not exist in VPC"),
        ({"ServiceRole": make_role(client, "ec2.amazonaws.com")}, "trust policy"),
    ):
        with rejected("InvalidRequestException", complaint):
            client("emr").create_studio(**{**request_of, **changes})


def test_a_caller_needs_permissions(client: Client, request_of: dict[str, Any], client_with: Client) -> None:
    studio = client("emr").create_studio(**request_of)["StudioId"]
    arn = f"arn:aws:elasticmapreduce:us-east-1:000000000000:studio/{studio}"
    allowed = allow(["elasticmapreduce:DescribeStudio", "elasticmapreduce:CreateStudio"], arn)
    emr = client_with("emr", allowed)
    assert emr.describe_studio(StudioId=studio)["Studio"]["Name"] == "notebooks"
    with rejected("AccessDeniedException", "DeleteStudio"):
        emr.delete_studio(StudioId=studio)

"""EMR Studio: what a studio must be made of, its tags, and who may use it."""

from typing import Any

import pytest
from fixture_types import Assume, Client, Make, Unique
from policies import allow
from refusals import refused


def make_network(ec2: Any, unique: Unique) -> dict[str, Any]:
    """A VPC with a subnet and two security groups, as members of CreateStudio."""
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
def request_of(client: Client, make_role: Make, unique: Unique) -> dict[str, Any]:
    """A CreateStudio that AWS accepts."""
    return {
        "Name": "notebooks",
        "AuthMode": "IAM",
        **make_network(client("ec2"), unique),
        "ServiceRole": make_role("elasticmapreduce.amazonaws.com"),
        "DefaultS3Location": "s3://notebooks/work",
        "Tags": [{"Key": "project", "Value": "studio"}],
    }


def test_a_studio_reads_back_as_it_was_made_until_it_is_deleted(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    made = emr.create_studio(**request_of)
    studio = emr.describe_studio(StudioId=made["StudioId"])["Studio"]
    assert {key: studio[key] for key in request_of} == request_of
    assert studio["StudioArn"].endswith(f":studio/{made['StudioId']}") and studio["Url"] == made["Url"]
    assert made["StudioId"] in [item["StudioId"] for item in emr.list_studios()["Studios"]]
    emr.delete_studio(StudioId=made["StudioId"])
    with refused("InvalidRequestException", "Studio does not exist"):
        emr.describe_studio(StudioId=made["StudioId"])


def test_an_update_and_tags_change_what_they_name_only(client: Client, request_of: dict[str, Any]) -> None:
    emr = client("emr")
    studio = emr.create_studio(**request_of)["StudioId"]
    emr.add_tags(ResourceId=studio, Tags=[{"Key": "project", "Value": "new"}, {"Key": "owner", "Value": "me"}])
    emr.remove_tags(ResourceId=studio, TagKeys=["owner"])
    emr.update_studio(StudioId=studio, Description="for analysts")
    read = emr.describe_studio(StudioId=studio)["Studio"]
    assert (read["Description"], read["Name"]) == ("for analysts", "notebooks")
    assert read["Tags"] == [{"Key": "project", "Value": "new"}]
    with refused("InvalidRequestException", "does not exist in VPC"):
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
def test_a_studio_that_aws_would_refuse_is_refused(
    client: Client, request_of: dict[str, Any], field: str, value: Any, complaint: str
) -> None:
    with refused(r"\w+", complaint):
        client("emr", parameter_validation=False).create_studio(**{**request_of, field: value})


def test_a_studio_whose_parts_do_not_fit_is_refused(
    client: Client, request_of: dict[str, Any], make_role: Make, unique: Unique
) -> None:
    others, engine = make_network(client("ec2"), unique), request_of["EngineSecurityGroupId"]
    for changes, complaint in (
        ({"WorkspaceSecurityGroupId": engine}, "must be two groups"),
        ({"EngineSecurityGroupId": others["EngineSecurityGroupId"]}, "does not exist in VPC"),
        ({"ServiceRole": make_role("ec2.amazonaws.com")}, "trust policy"),
    ):
        with refused("InvalidRequestException", complaint):
            client("emr").create_studio(**{**request_of, **changes})


def test_a_caller_needs_permission_for_the_studio(
    client: Client, request_of: dict[str, Any], make_role: Make, credentials_of: Assume
) -> None:
    studio = client("emr").create_studio(**request_of)["StudioId"]
    arn = f"arn:aws:elasticmapreduce:us-east-1:000000000000:studio/{studio}"
    allowed = allow(["elasticmapreduce:DescribeStudio", "elasticmapreduce:CreateStudio"], arn)
    emr = client("emr", credentials_of(make_role("lambda.amazonaws.com", [allowed])))
    assert emr.describe_studio(StudioId=studio)["Studio"]["Name"] == "notebooks"
    with refused("AccessDeniedException", "DeleteStudio"):
        emr.delete_studio(StudioId=studio)

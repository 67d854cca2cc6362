"""Filters and ids of EC2's Describe calls."""

from collections.abc import Iterator
from typing import Any

import pytest
from account import rejected
from running_emulator import start_emulator

STAGES = ("dev", "dev2", "test")
KINDS = {
    "vpc": ("describe_vpcs", "VpcId"),
    "subnet": ("describe_subnets", "SubnetId"),
    "table": ("describe_route_tables", "RouteTableId"),
    "endpoint": ("describe_vpc_endpoints", "VpcEndpointId"),
    "group": ("describe_security_groups", "GroupId"),
    "rule": ("describe_security_group_rules", "SecurityGroupRuleId"),
    "interface": ("describe_network_interfaces", "NetworkInterfaceId"),
    "volume": ("describe_volumes", "VolumeId"),
    "gateway": ("describe_internet_gateways", "InternetGatewayId"),
}
"""The resources of a network: their Describe call and the name of their id."""
Networks = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def ec2(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with start_emulator(tmp_path_factory.mktemp("networks")) as running:
        yield running.client("ec2")


@pytest.fixture(scope="module")
def networks(ec2: Any) -> Networks:
    return {stage: network(ec2, stage) for stage in STAGES}


def network(ec2: Any, stage: str) -> dict[str, str]:
    """The ids of resources with the tag Name `STAGE-network`, by kind."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    group = ec2.create_security_group(GroupName=f"{stage}-group", Description=stage, VpcId=vpc)["GroupId"]
    rule = ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=1, ToPort=1, CidrIp="0.0.0.0/0"
    )
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    made = {
        **{"vpc": vpc, "subnet": subnet, "table": table, "group": group},
        "endpoint": ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")["VpcEndpoint"][
            "VpcEndpointId"
        ],
        "rule": rule["SecurityGroupRules"][0]["SecurityGroupRuleId"],
        "interface": interface["NetworkInterfaceId"],
        "volume": ec2.create_volume(AvailabilityZone="us-east-1b", Size=1)["VolumeId"],
        "gateway": ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
    }
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    ec2.attach_internet_gateway(InternetGatewayId=made["gateway"], VpcId=vpc)
    ec2.create_tags(Resources=list(made.values()), Tags=[{"Key": "Name", "Value": f"{stage}-network"}])
    return made


def described(ec2: Any, operation: str, id_name: str, *filters: tuple[str, list[str]], **arguments: Any) -> set[str]:
    given = [{"Name": name, "Values": values} for name, values in filters]
    answer = getattr(ec2, operation)(**({"Filters": given} if given else {}), **arguments)
    [listed] = [value for value in answer.values() if isinstance(value, list)]
    return {item[id_name] for item in listed}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["dev-network"], {"dev"}),
        (["dev*"], {"dev", "dev2"}),
        (["dev?-network"], {"dev", "dev2"}),
        (["*-network"], set(STAGES)),
        (["dev-network", "te*"], {"dev", "test"}),
        (["dev"], set()),
        (["DEV-network"], set()),
        ([r"dev\*"], set()),
        (["[dt]*"], set()),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_tags_are_filtered(ec2: Any, networks: Networks, kind: str, values: list[str], expected: set[str]) -> None:
    found = described(ec2, *KINDS[kind], ("tag:Name", values))
    assert found == {networks[stage][kind] for stage in expected}


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("vpc", "vpc-id", "vpc"),
        ("subnet", "vpc-id", "vpc"),
        ("subnet", "subnet-id", "subnet"),
        ("table", "association.subnet-id", "subnet"),
        ("endpoint", "vpc-id", "vpc"),
        ("endpoint", "vpc-endpoint-id", "endpoint"),
        ("group", "vpc-id", "vpc"),
        ("group", "group-id", "group"),
        ("rule", "group-id", "group"),
        ("interface", "group-id", "group"),
        ("interface", "subnet-id", "subnet"),
        ("volume", "volume-id", "volume"),
        ("gateway", "attachment.vpc-id", "vpc"),
    ],
)
def test_every_filter_applies(ec2: Any, networks: Networks, kind: str, name: str, value: str) -> None:
    dev, test = networks["dev"], networks["test"]
    ours, theirs = (name, [dev[value]]), ("tag:Name", ["test-network"])
    assert dev[kind] in described(ec2, *KINDS[kind], ours)
    assert test[kind] not in described(ec2, *KINDS[kind], ours)
    assert described(ec2, *KINDS[kind], ours, theirs) == set()
    assert described(ec2, *KINDS[kind], (name, [dev[value], test[value]]), theirs) == {test[kind]}


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_filter_is_rejected(ec2: Any, kind: str) -> None:
    for name in ("colour", "tag", "Vpc-Id"):
        with rejected("InvalidParameterValue", f"The filter '{name}' is invalid"):
            described(ec2, *KINDS[kind], (name, ["x"]))


@pytest.mark.parametrize("kind", KINDS)
def test_only_resources_with_the_ids_are_described(ec2: Any, networks: Networks, kind: str) -> None:
    operation, id_name = KINDS[kind]
    dev = networks["dev"][kind]
    assert described(ec2, operation, id_name, **{f"{id_name}s": [dev]}) == {dev}
    absent = dev[:-17] + "0" * 17
    with rejected(r"Invalid\w+\.NotFound", absent):
        described(ec2, operation, id_name, **{f"{id_name}s": [dev, absent]})


@pytest.mark.parametrize(
    ("operation", "id_name", "filters", "expected"),
    [
        ("describe_availability_zones", "ZoneName", [("zone-name", ["*a", "*c"])], {"us-east-1a", "us-east-1c"}),
        ("describe_availability_zones", "ZoneName", [("state", ["impaired"])], set()),
        ("describe_prefix_lists", "PrefixListName", [("prefix-list-name", ["*-1.s3"])], {"com.amazonaws.us-east-1.s3"}),
        ("describe_security_groups", "GroupName", [("group-name", ["dev*"])], {"dev-group", "dev2-group"}),
        ("describe_security_groups", "GroupName", [("description", ["dev"])], {"dev-group"}),
    ],
)
def test_filters_of_terraform_and_the_tasks_apply(
    ec2: Any, networks: Networks, operation: str, id_name: str, filters: list[tuple[str, list[str]]], expected: set[str]
) -> None:
    assert described(ec2, operation, id_name, *filters) == expected


def test_a_network_has_a_main_route_table_a_default_acl_and_a_default_group(ec2: Any, networks: Networks) -> None:
    of_dev = ("vpc-id", [networks["dev"]["vpc"]])
    for operation, id_name, default in (
        ("describe_route_tables", "RouteTableId", ("association.main", ["true"])),
        ("describe_network_acls", "NetworkAclId", ("default", ["true"])),
        ("describe_security_groups", "GroupId", ("group-name", ["default"])),
    ):
        assert len(described(ec2, operation, id_name, of_dev, default)) == 1


def test_an_unsupported_filter_is_rejected(ec2: Any) -> None:
    with rejected("InvalidParameterValue", "does not support the filter ip-permission.cidr"):
        described(ec2, *KINDS["group"], ("ip-permission.cidr", ["0.0.0.0/0"]))


def test_only_zones_with_the_names_are_described(ec2: Any) -> None:
    zones = described(ec2, "describe_availability_zones", "ZoneName", ZoneNames=["us-east-1b"])
    assert zones == {"us-east-1b"}
    with rejected("InvalidParameterValue", "us-east-1z"):
        described(ec2, "describe_availability_zones", "ZoneName", ZoneNames=["us-east-1z"])


def test_tags_of_an_answer_have_no_namespace_prefix_for_javascript_clients(ec2: Any, networks: Networks) -> None:
    bodies: list[bytes] = []
    ec2.meta.events.register(
        "before-parse.ec2.DescribeVpcs", lambda response_dict, **_: bodies.append(response_dict["body"])
    )
    described(ec2, *KINDS["vpc"], VpcIds=[networks["dev"]["vpc"]])
    assert bodies[0].startswith(b"<DescribeVpcsResponse xmlns=")

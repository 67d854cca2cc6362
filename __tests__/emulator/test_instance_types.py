"""Zones differ in the instance types that they offer, and a cluster starts only where its types are."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from emr_clusters import make_clusters, tagged
from fixture_types import Client, Make, Unique

BY_ZONE = {"LocationType": "availability-zone"}


def test_the_first_zone_does_not_offer_the_newest_types(client: Client) -> None:
    names = {"Name": "instance-type", "Values": ["m6g.xlarge", "m7g.xlarge", "i4i.large"]}
    found = client("ec2").describe_instance_type_offerings(**BY_ZONE, Filters=[names])["InstanceTypeOfferings"]
    by_zone: dict[str, set[str]] = {}
    for offering in found:
        by_zone.setdefault(offering["Location"], set()).add(offering["InstanceType"])
    every = {"m6g.xlarge", "m7g.xlarge", "i4i.large"}
    assert by_zone == {"us-east-1a": every - {"m7g.xlarge"}, "us-east-1b": every, "us-east-1c": every}


@pytest.mark.parametrize("request_", [BY_ZONE, {"Filters": [{"Name": "instance-type", "Values": ["m5.large"]}]}])
def test_what_is_offered_in_all_is_refused(client: Client, request_: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="The local AWS does not support DescribeInstanceTypeOfferings but"):
        client("ec2").describe_instance_type_offerings(**request_)


def test_a_cluster_starts_only_where_all_its_types_are_offered(client: Client, make_role: Make, unique: Unique) -> None:
    clusters, ec2 = make_clusters(client, make_role, unique), client("ec2")
    instances = clusters.request["Instances"]
    instances["InstanceFleets"][1]["InstanceTypeConfigs"].append({"InstanceType": "r7g.xlarge"})
    reason = clusters.until(clusters.run(), "TERMINATED_WITH_ERRORS")["Status"]["StateChangeReason"]
    assert reason["Code"] == "VALIDATION_ERROR"
    assert "r7g.xlarge is not supported in the requested availability zone us-east-1a" in reason["Message"]
    place = {"VpcId": clusters.vpc, "CidrBlock": "10.0.1.0/24", "TagSpecifications": tagged("subnet")}
    subnet = ec2.create_subnet(**place, AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
    table = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [clusters.subnet]}])
    ec2.associate_route_table(RouteTableId=table["RouteTables"][0]["RouteTableId"], SubnetId=subnet)
    instances["Ec2SubnetIds"] = [clusters.subnet, subnet]
    cluster = clusters.until(clusters.run(), "WAITING")
    assert cluster["Ec2InstanceAttributes"]["Ec2SubnetId"] == subnet

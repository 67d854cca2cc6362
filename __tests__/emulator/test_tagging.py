"""The tagging API lists all resource types of the stacks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from account import Client, make_role, unique
from botocore.exceptions import ClientError
from machines import jsonata
from ministack.services import tagging as ministack_tagging

from emulator import tagging


def shown(client: Client, tag: str) -> set[str]:
    """ARNs of the resources with the tag "leftover" = `tag`."""
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources")
    wanted = {"TagFilters": [{"Key": "leftover", "Values": [tag]}]}
    return {item["ResourceARN"] for page in pages.paginate(**wanted) for item in page["ResourceTagMappingList"]}


def test_every_resource_type_of_the_stacks_is_listed(client: Client) -> None:
    tag = unique("tag")
    pairs, lower, flat = [{"Key": "leftover", "Value": tag}], [{"key": "leftover", "value": tag}], {"leftover": tag}
    machine = {"definition": json.dumps(jsonata(End={"Type": "Succeed"})), "tags": lower}
    role = make_role(client, "states.amazonaws.com")
    client("stepfunctions").create_state_machine(name=tag, roleArn=role, **machine)
    destination = {"RoleARN": make_role(client, "firehose.amazonaws.com"), "BucketARN": f"arn:aws:s3:::{tag}"}
    client("firehose").create_delivery_stream(
        DeliveryStreamName=tag, Tags=pairs, ExtendedS3DestinationConfiguration=destination
    )
    application = {"releaseLabel": "emr-7.13.0", "type": "SPARK", "tags": flat}
    arns = [
        client("emr-serverless").create_application(name=tag, **application)["arn"],
        f"arn:aws:states:us-east-1:000000000000:stateMachine:{tag}",
        f"arn:aws:firehose:us-east-1:000000000000:deliverystream/{tag}",
        f"arn:aws:logs:us-east-1:000000000000:log-group:{tag}",
        f"arn:aws:athena:us-east-1:000000000000:workgroup/{tag}",
        f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{tag}",
        f"arn:aws:s3:::{tag}",
        f"arn:aws:glue:us-east-1:000000000000:database/{tag}",
        f"arn:aws:scheduler:us-east-1:000000000000:schedule-group/{tag}",
    ]
    client("logs").create_log_group(logGroupName=tag, tags=flat)
    client("athena").create_work_group(Name=tag, Tags=pairs)
    alarm = {"Namespace": "n", "MetricName": "m", "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}
    client("cloudwatch").put_metric_alarm(
        AlarmName=tag, EvaluationPeriods=1, Period=60, Threshold=1, Tags=pairs, **alarm
    )
    client("s3").create_bucket(Bucket=tag)
    client("s3").put_bucket_tagging(Bucket=tag, Tagging={"TagSet": pairs})
    client("glue").create_database(DatabaseInput={"Name": tag}, Tags=flat)
    client("scheduler").create_schedule_group(Name=tag, Tags=pairs)
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName=tag, Description="d", VpcId=vpc)["GroupId"]
    ec2.create_tags(Resources=[vpc, group], Tags=pairs)
    arns += [f"arn:aws:ec2:us-east-1:000000000000:{kind}" for kind in (f"vpc/{vpc}", f"security-group/{group}")]
    assert shown(client, tag) == set(arns)


def test_resources_without_tags_are_not_listed(client: Client) -> None:
    name = unique("untagged")
    client("logs").create_log_group(logGroupName=name)
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources").paginate()
    assert not [i for page in pages for i in page["ResourceTagMappingList"] if i["ResourceARN"].endswith(name)]


def test_a_deleted_resource_is_not_listed(client: Client) -> None:
    tag, ec2 = unique("tag"), client("ec2")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "leftover", "Value": tag}]}]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    assert len(shown(client, tag)) == 1
    ec2.delete_vpc(VpcId=vpc)
    assert shown(client, tag) == set()


@pytest.mark.parametrize("call", [lambda c: c.get_tag_keys(), lambda c: c.get_tag_values(Key="leftover")])
def test_other_lists_are_rejected(client: Client, call: Callable[[Any], Any]) -> None:
    with pytest.raises(ClientError):
        call(client("resourcegroupstaggingapi"))


@pytest.mark.parametrize("given", [{"ResourcesPerPage": 101}, {"ResourceTypeFilters": ["ec2:vpc"]}])
def test_an_invalid_or_unsupported_request_is_rejected(client: Client, given: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=next(iter(given))):
        client("resourcegroupstaggingapi").get_resources(**given)


def test_a_service_with_unreadable_tags_fails_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise KeyError("Tags")

    monkeypatch.setitem(ministack_tagging._COLLECTORS, "firehose", broken)
    status, _, body = tagging._get_resources({})
    assert status == 500
    assert "firehose" in json.loads(body)["Message"]

"""Lists everything of the services that the project uses, as one JSON object of names by service.

Independent of cleanup: it lists all resources with boto3, without their names or tags.
Environment: AWS_ENDPOINT_URL, credentials and region, as `npm run local:env` prints them.
"""

import json
from collections.abc import Callable
from typing import Any

import boto3

Lister = Callable[[], list[str]]

# Typed clients are chosen by literal names; here names are data.
AWS: Any = boto3.Session()

ENDED_CLUSTERS = {"TERMINATED", "TERMINATED_WITH_ERRORS"}


def names(service: str, operation: str, result: str, key: str, **arguments: Any) -> list[str]:
    """Values of `key` in the list `result` of every page that `operation` gives; `result` may be a path with dots."""
    client = AWS.client(service)
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
    else:
        pages = [getattr(client, operation)(**arguments)]
    items = [item for page in pages for item in page.get(result, [])]
    return [item if key == "" else str(item[key]) for item in items]


def applications() -> list[str]:
    """EMR Serverless applications that have not been deleted."""
    found = AWS.client("emr-serverless").list_applications()["applications"]
    return [item["name"] for item in found if item["state"] != "TERMINATED"]


def clusters() -> list[str]:
    """Clusters that have not ended: EMR lists ended ones for two months."""
    found = AWS.client("emr").list_clusters()["Clusters"]
    return [item["Name"] for item in found if item["Status"]["State"] not in ENDED_CLUSTERS]


def keys() -> list[str]:
    """KMS keys of the account's own that are not waiting for their deletion."""
    kms = AWS.client("kms")
    found = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return [key["KeyId"] for key in found if key["KeyManager"] == "CUSTOMER" and key["KeyState"] != "PendingDeletion"]


def in_own_networks(operation: str, result: str, key: str) -> list[str]:
    """What lies in VPCs other than the default one, which every account has."""
    default = set(names("ec2", "describe_vpcs", "Vpcs", "VpcId", Filters=[{"Name": "is-default", "Values": ["true"]}]))
    found = getattr(AWS.client("ec2"), operation)()[result]
    return [item[key] for item in found if item["VpcId"] not in default and item.get("State") != "deleted"]


LISTERS: dict[str, Lister] = {
    "s3": lambda: names("s3", "list_buckets", "Buckets", "Name"),
    "lambda": lambda: names("lambda", "list_functions", "Functions", "FunctionName"),
    "firehose": lambda: names("firehose", "list_delivery_streams", "DeliveryStreamNames", ""),
    "glue": lambda: names("glue", "get_databases", "DatabaseList", "Name"),
    "athena": lambda: [name for name in names("athena", "list_work_groups", "WorkGroups", "Name") if name != "primary"],
    "emr-serverless": applications,
    "emr clusters": clusters,
    "emr studios": lambda: names("emr", "list_studios", "Studios", "Name"),
    "emr security configurations": lambda: names(
        "emr", "list_security_configurations", "SecurityConfigurations", "Name"
    ),
    "state machines": lambda: names("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "rules": lambda: names("events", "list_rules", "Rules", "Name"),
    "schedule groups": lambda: names("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    "schedules": lambda: names("scheduler", "list_schedules", "Schedules", "Name"),
    "sns": lambda: names("sns", "list_topics", "Topics", "TopicArn"),
    "sns subscriptions": lambda: names("sns", "list_subscriptions", "Subscriptions", "Endpoint"),
    "sqs": lambda: names("sqs", "list_queues", "QueueUrls", ""),
    "logs": lambda: names("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "alarms": lambda: names("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "dashboards": lambda: names("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "roles": lambda: names("iam", "list_roles", "Roles", "RoleName"),
    "policies": lambda: names("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
    "instance profiles": lambda: names("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    "kms keys": keys,
    "kms aliases": lambda: names("kms", "list_aliases", "Aliases", "AliasName"),
    "vpcs": lambda: in_own_networks("describe_vpcs", "Vpcs", "VpcId"),
    "subnets": lambda: in_own_networks("describe_subnets", "Subnets", "SubnetId"),
    "route tables": lambda: in_own_networks("describe_route_tables", "RouteTables", "RouteTableId"),
    "endpoints": lambda: in_own_networks("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    "security groups": lambda: in_own_networks("describe_security_groups", "SecurityGroups", "GroupId"),
    "volumes": lambda: names("ec2", "describe_volumes", "Volumes", "VolumeId"),
}


if __name__ == "__main__":
    print(json.dumps({service: sorted(lister()) for service, lister in LISTERS.items()}, indent=2))

"""Pages of all lists that the tasks use are complete, without duplicates."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from account import allow, document, make_role, rejected, trusting
from emr_clusters import Clusters, step_running
from machines import jsonata
from running_emulator import RunningEmulator, start_emulator

COUNT = 5
QUEUE = "arn:aws:sqs:us-east-1:000000000000:queue-0"
MACHINE = {"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:machine"}
GROUP = {"logGroupName": "/group-0"}
MANY = 120
"""More than MiniStack's page size."""


@dataclass(frozen=True)
class Listing:
    """A list: its paginator, the identity of its items, and arguments; `least` is AWS's minimum page size."""

    service: str
    operation: str
    identity: str | None
    arguments: dict[str, Any] = field(default_factory=dict)
    least: int = 2


LISTINGS = [
    Listing("cloudwatch", "describe_alarms", "AlarmName"),
    Listing("emr-serverless", "list_applications", "name"),
    Listing("events", "list_rule_names_by_target", None, {"TargetArn": QUEUE}),
    Listing("events", "list_rules", "Name"),
    Listing("logs", "describe_log_groups", "logGroupName"),
    Listing("logs", "filter_log_events", "message", GROUP),
    Listing("logs", "filter_log_events", "message", GROUP, least=1),
    Listing("resourcegroupstaggingapi", "get_resources", "ResourceARN"),
    Listing("s3", "list_buckets", "Name"),
    Listing("s3", "list_multipart_uploads", "Key", {"Bucket": "bucket-0"}),
    Listing("s3", "list_object_versions", "Key", {"Bucket": "bucket-0"}),
    Listing("s3", "list_objects_v2", "Key", {"Bucket": "bucket-0"}),
    Listing("sqs", "list_queues", None),
    Listing("stepfunctions", "list_executions", "name", MACHINE),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEmulator]:
    """An emulator with at least COUNT items in each list."""
    with start_emulator(Path(tmp_path_factory.mktemp("paging"))) as running:
        role = fill_iam(running)
        fill_data(running)
        fill_triggers(running, role)
        yield running


def fill_iam(running: RunningEmulator) -> str:
    iam, kms = running.client("iam"), running.client("kms")
    services = ["scheduler.amazonaws.com", "states.amazonaws.com"]
    trust, policy = document(trusting({"Service": services})), document(allow("s3:*"))
    iam.create_role(RoleName="role-0", AssumeRolePolicyDocument=trust)
    for number in range(COUNT):
        iam.put_role_policy(RoleName="role-0", PolicyName=f"inline-{number}", PolicyDocument=policy)
        key = kms.create_key(Tags=[{"TagKey": "pipeline", "TagValue": "x"}])["KeyMetadata"]["KeyId"]
    for number in range(MANY):
        kms.create_alias(AliasName=f"alias/alias-{number}", TargetKeyId=key)
    arn: str = iam.get_role(RoleName="role-0")["Role"]["Arn"]
    return arn


def fill_data(running: RunningEmulator) -> None:
    s3 = running.client("s3")
    for number in range(COUNT):
        s3.create_bucket(Bucket=f"bucket-{number}")
        s3.put_object(Bucket="bucket-0", Key=f"key-{number}", Body=b"")
        s3.create_multipart_upload(Bucket="bucket-0", Key=f"key-{number}")
        running.client("logs").create_log_group(logGroupName=f"/group-{number}")
        fill_stream(running.client("logs"), f"stream-{number}")
        running.client("emr-serverless").create_application(
            name=f"application-{number}", releaseLabel="emr-7.13.0", type="SPARK"
        )


def fill_stream(logs: Any, stream: str) -> None:
    """Two events with the same time, and a later one."""
    logs.create_log_stream(logGroupName="/group-0", logStreamName=stream)
    now = int(time.time()) * 1000
    events = [{"timestamp": at, "message": f"{stream} {at} {number}"} for number, at in enumerate([now, now, now + 1])]
    logs.put_log_events(logGroupName="/group-0", logStreamName=stream, logEvents=events)


def fill_triggers(running: RunningEmulator, role: str) -> None:
    sqs, events, scheduler = running.client("sqs"), running.client("events"), running.client("scheduler")
    alarm = {"MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    states, done = running.client("stepfunctions"), json.dumps(jsonata(Done={"Type": "Succeed"}))
    for name in (*(f"other-{number}" for number in range(COUNT)), "machine"):
        machine = states.create_state_machine(name=name, definition=done, roleArn=role)["stateMachineArn"]
    events.put_rule(Name="targets", EventPattern='{"source": ["x"]}')
    for number in range(COUNT):
        sqs.create_queue(QueueName=f"queue-{number}")
        events.put_rule(Name=f"rule-{number}", EventPattern='{"source": ["x"]}')
        events.put_targets(Rule=f"rule-{number}", Targets=[{"Id": "target", "Arn": QUEUE}])
        events.put_targets(Rule="targets", Targets=[{"Id": f"target-{number}", "Arn": QUEUE}])
        running.client("cloudwatch").put_metric_alarm(
            AlarmName=f"alarm-{number}", Threshold=1, ComparisonOperator="GreaterThanThreshold", **alarm
        )
        states.start_execution(stateMachineArn=machine, name=f"execution-{number}")
    for number in range(MANY):
        scheduler.create_schedule(
            Name=f"schedule-{number}",
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": QUEUE, "RoleArn": role, "Input": "{}"},
        )


def pages_of(running: RunningEmulator, listing: Listing, **paging: Any) -> list[list[Any]]:
    paginator = running.client(listing.service).get_paginator(listing.operation)
    key = paginator.result_keys[0].expression
    pages = paginator.paginate(**listing.arguments, PaginationConfig=paging)
    return [
        [json.dumps(item[listing.identity] if listing.identity else item) for item in page.get(key, [])]
        for page in pages
    ]


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: f"{listing.service}.{listing.operation}")
def test_pages_of_any_size_contain_the_whole_list(filled: RunningEmulator, listing: Listing) -> None:
    [everything] = pages_of(filled, listing)
    assert len(everything) >= COUNT
    pages = pages_of(filled, listing, PageSize=listing.least)
    full, rest = divmod(len(everything), listing.least)
    assert [len(page) for page in pages] == [listing.least] * full + ([rest] if rest else [])
    assert sorted(item for page in pages for item in page) == sorted(everything)
    assert len(pages_of(filled, listing, PageSize=len(everything))) == 1


@pytest.mark.parametrize(
    ("service", "operation", "request_", "listed", "count"),
    [
        ("kms", "list_aliases", {"Limit": 2}, "Aliases", MANY),
        ("scheduler", "list_schedules", {}, "Schedules", MANY),
        ("events", "list_targets_by_rule", {"Rule": "targets", "Limit": 2}, "Targets", COUNT),
        ("iam", "list_role_policies", {"RoleName": "role-0", "MaxItems": 2}, "PolicyNames", COUNT),
    ],
)
def test_other_lists_are_complete_in_one_response(
    filled: RunningEmulator, service: str, operation: str, request_: dict[str, Any], listed: str, count: int
) -> None:
    answer = getattr(filled.client(service), operation)(**request_)
    assert len(answer[listed]) == count
    assert not answer.get("NextToken") and not answer.get("Truncated") and not answer.get("IsTruncated")


@pytest.mark.parametrize(
    ("service", "operation", "narrowed", "expected"),
    [
        ("cloudwatch", "describe_alarms", {"AlarmNamePrefix": "alarm-1"}, 1),
        ("cloudwatch", "describe_alarms", {"AlarmNames": ["alarm-1", "alarm-2", "alarm"]}, 2),
        ("cloudwatch", "describe_alarms", {"StateValue": "ALARM"}, 0),
        ("emr-serverless", "list_applications", {"states": ["TERMINATED"]}, 0),
        ("emr-serverless", "list_applications", {"states": ["CREATING", "CREATED"]}, COUNT),
        ("events", "list_rules", {"NamePrefix": "rule-1"}, 1),
        ("iam", "list_roles", {"PathPrefix": "/other/"}, 0),
        ("kms", "list_aliases", {"KeyId": "other"}, 0),
        ("logs", "describe_log_groups", {"logGroupNamePrefix": "/group-1"}, 1),
        ("logs", "filter_log_events", {**GROUP, "logStreamNames": ["stream-1"]}, 3),
        ("logs", "filter_log_events", {**GROUP, "filterPattern": "absent"}, 0),
        ("resourcegroupstaggingapi", "get_resources", {"TagFilters": [{"Key": "pipeline", "Values": ["y"]}]}, 0),
        ("s3", "list_buckets", {"Prefix": "bucket-1"}, 1),
        ("s3", "list_object_versions", {"Bucket": "bucket-0", "Prefix": "key-1"}, 1),
        ("scheduler", "list_schedules", {"NamePrefix": "schedule-11"}, 11),
        ("scheduler", "list_schedules", {"GroupName": "other"}, 0),
        ("scheduler", "list_schedules", {"State": "DISABLED"}, 0),
        ("sqs", "list_queues", {"QueueNamePrefix": "queue-1"}, 1),
        ("stepfunctions", "list_executions", {**MACHINE, "statusFilter": "FAILED"}, 0),
    ],
)
def test_a_list_is_filtered(
    filled: RunningEmulator, service: str, operation: str, narrowed: dict[str, Any], expected: int
) -> None:
    answer = getattr(filled.client(service), operation)(**narrowed)
    assert sum(len(value) for name, value in answer.items() if isinstance(value, list)) == expected


@pytest.mark.parametrize(
    ("service", "operation", "narrowed"),
    [
        ("cloudwatch", "describe_alarms", {"ActionPrefix": QUEUE}),
        ("logs", "describe_log_groups", {"logGroupClass": "INFREQUENT_ACCESS"}),
        ("logs", "describe_log_groups", {"logGroupIdentifiers": ["/group-1"]}),
        ("logs", "filter_log_events", {**GROUP, "logStreamNamePrefix": "stream-1"}),
        ("resourcegroupstaggingapi", "get_resources", {"ResourceTypeFilters": ["ec2"]}),
        ("stepfunctions", "list_executions", {**MACHINE, "redriveFilter": "REDRIVEN"}),
    ],
)
def test_an_unsupported_parameter_is_rejected(
    filled: RunningEmulator, service: str, operation: str, narrowed: dict[str, Any]
) -> None:
    with rejected(r"\w+", f"does not support {list(narrowed)[-1]}"):
        getattr(filled.client(service), operation)(**narrowed)


def test_an_invalid_token_of_log_events_is_rejected(filled: RunningEmulator) -> None:
    with rejected("InvalidParameterException", "nextToken is invalid"):
        filled.client("logs").filter_log_events(logGroupName="/group-0", nextToken="invalid")


def test_a_page_has_fifty_studios(filled: RunningEmulator) -> None:
    ec2, emr = filled.client("ec2"), filled.client("emr")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in ("a", "b")]
    role = make_role(filled.client, "elasticmapreduce.amazonaws.com")
    made = [
        emr.create_studio(
            Name=f"studio-{number}",
            AuthMode="IAM",
            VpcId=vpc,
            SubnetIds=[subnet],
            ServiceRole=role,
            EngineSecurityGroupId=groups[0],
            WorkspaceSecurityGroupId=groups[1],
            DefaultS3Location="s3://notebooks/work",
        )["StudioId"]
        for number in range(51)
    ]
    pages = [page["Studios"] for page in emr.get_paginator("list_studios").paginate()]
    assert [len(page) for page in pages] == [50, 1]
    assert {studio["StudioId"] for page in pages for studio in page} == set(made)


def test_a_page_has_fifty_steps_the_newest_first(clusters: Clusters) -> None:
    cluster = clusters.run()
    steps = [step_running("true", Name=f"step {number}") for number in range(51)]
    added = clusters.emr.add_job_flow_steps(JobFlowId=cluster, Steps=steps)["StepIds"]
    clusters.emr.terminate_job_flows(JobFlowIds=[cluster])
    pages = [page["Steps"] for page in clusters.emr.get_paginator("list_steps").paginate(ClusterId=cluster)]
    assert [len(page) for page in pages] == [50, 1]
    assert [step["Id"] for page in pages for step in page] == added[::-1]

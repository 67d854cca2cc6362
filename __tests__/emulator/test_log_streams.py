"""CloudWatch Logs: which resource IAM checks for a call about streams."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make, Unique
from policies import allow

GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group"


@pytest.fixture
def logs_of(client: Client, make_role: Make, credentials_of: Assume) -> Callable[[str], Any]:
    """`logs_of(resource)`: a client that may write and read streams of this resource of IAM only."""

    def make(resource: str) -> Any:
        actions = [f"logs:{name}" for name in ("CreateLogStream", "PutLogEvents", "DescribeLogStreams")]
        statement = allow(actions, resource)
        return client("logs", credentials_of(make_role("lambda.amazonaws.com", [statement])))

    return make


@pytest.fixture
def group(client: Client, unique: Unique) -> str:
    name = unique("group")
    client("logs").create_log_group(logGroupName=name)
    return name


def test_a_policy_for_all_streams_of_a_group_allows_to_write_and_list_them(
    logs_of: Callable[[str], Any], group: str
) -> None:
    logs = logs_of(f"{GROUP_ARN}:{group}:*")
    logs.create_log_stream(logGroupName=group, logStreamName="a/b")
    logs.put_log_events(logGroupName=group, logStreamName="a/b", logEvents=[{"timestamp": 0, "message": "x"}])
    [stream] = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert stream["logStreamName"] == "a/b"


def test_a_policy_for_the_group_or_for_one_stream_does_not_cover_other_streams(
    logs_of: Callable[[str], Any], group: str
) -> None:
    for resource in (f"{GROUP_ARN}:{group}", f"{GROUP_ARN}:{group}:log-stream:a"):
        with pytest.raises(ClientError, match=rf"logs:CreateLogStream on resource: {GROUP_ARN}:{group}:log-stream:b "):
            logs_of(resource).create_log_stream(logGroupName=group, logStreamName="b")
    logs_of(f"{GROUP_ARN}:{group}:log-stream:a").create_log_stream(logGroupName=group, logStreamName="a")

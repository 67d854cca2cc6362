"""AssumeRole gives sessions no longer than AWS gives them, and no role of a service to the account's root."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Client, Make, Unique
from policies import allow, document, trusting

HOUR = 3600


@pytest.fixture
def role(client: Client, unique: Unique) -> Callable[..., str]:
    """`role(principal, hours)`: the ARN of a role that `principal` may assume for so long."""

    def make(principal: dict[str, Any] | str, hours: int = 1) -> str:
        statement = trusting(principal)
        arn: str = client("iam").create_role(
            RoleName=unique("assumed"), AssumeRolePolicyDocument=document(statement), MaxSessionDuration=hours * HOUR
        )["Role"]["Arn"]
        return arn

    return make


ACCOUNT = {"AWS": "arn:aws:iam::000000000000:root"}


def assume(sts: Any, arn: str, seconds: int | None = None) -> dict[str, Any]:
    given = {} if seconds is None else {"DurationSeconds": seconds}
    credentials: dict[str, Any] = sts.assume_role(RoleArn=arn, RoleSessionName="test", **given)["Credentials"]
    return credentials


@pytest.mark.parametrize(("hours", "seconds"), [(1, None), (1, 900), (1, HOUR), (12, 12 * HOUR)])
def test_a_session_lasts_as_long_as_asked_for(
    client: Client, role: Callable[..., str], hours: int, seconds: int | None
) -> None:
    given = assume(client("sts"), role(ACCOUNT, hours), seconds)
    assert abs(given["Expiration"].timestamp() - time.time() - (seconds or HOUR)) < HOUR / 4


@pytest.mark.parametrize(
    ("hours", "seconds", "complaint"),
    [
        (1, HOUR + 1, "exceeds the MaxSessionDuration set for this role"),
        (2, 2 * HOUR + 1, "exceeds the MaxSessionDuration set for this role"),
        (12, 899, "greater than or equal to 900"),
        (12, 12 * HOUR + 1, "less than or equal to 43200"),
    ],
)
def test_a_session_that_is_too_long_or_too_short_is_refused(
    client: Client, role: Callable[..., str], hours: int, seconds: int, complaint: str
) -> None:
    sts = client("sts", parameter_validation=False)
    with pytest.raises(ClientError, match=complaint) as refused:
        assume(sts, role(ACCOUNT, hours), seconds)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_a_role_that_assumes_a_role_gets_an_hour(client: Client, role: Callable[..., str], make_role: Make) -> None:
    allowed = allow("sts:AssumeRole")
    first = assume(client("sts"), make_role("lambda.amazonaws.com", [allowed]))
    sts, second = client("sts", first), role(ACCOUNT, 12)
    assume(sts, second, HOUR)
    with pytest.raises(ClientError, match="1 hour session limit for roles assumed by role chaining"):
        assume(sts, second, HOUR + 1)


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": "lambda.amazonaws.com"},
        {"Service": ["ec2.amazonaws.com", "states.amazonaws.com"]},
        {"Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::000000000000:role/another"},
    ],
)
def test_a_role_of_a_service_is_not_for_root(client: Client, role: Callable[..., str], principal: Any) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole") as refused:
        assume(client("sts"), role(principal))
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("seconds", [HOUR - 1, 12 * HOUR + 1])
def test_a_role_allows_one_to_twelve_hours(client: Client, unique: Unique, seconds: int) -> None:
    with pytest.raises(ClientError, match="'maxSessionDuration' failed"):
        client("iam", parameter_validation=False).create_role(
            RoleName=unique("hours"), AssumeRolePolicyDocument=document(), MaxSessionDuration=seconds
        )


@pytest.mark.parametrize("name", ["x", "with blank", "x" * 65])
def test_a_session_has_a_valid_name(client: Client, role: Callable[..., str], name: str) -> None:
    sts = client("sts", parameter_validation=False)
    with pytest.raises(ClientError, match="'roleSessionName' failed"):
        sts.assume_role(RoleArn=role(ACCOUNT), RoleSessionName=name)

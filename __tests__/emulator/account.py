"""The account of the contract tests: types of the fixtures, roles and policies, and expected errors."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
"""`client(service, credentials=None)`: a boto3 client; also the type of the fixture `client_with`."""
Statement = dict[str, Any]
ACCOUNT = "000000000000"
_numbers = itertools.count(1)


def unique(prefix: str) -> str:
    """A unique name."""
    return f"{prefix}-{next(_numbers)}"


def rejected(code: str | None, message: str = "") -> Any:
    """A context in which a request fails with a code and a message that match these patterns, or succeeds (None)."""
    return pytest.raises(ClientError, match=rf"\({code}\).*{message}") if code else contextlib.nullcontext()


def allow(action: str | list[str], resource: str | list[str] = "*", condition: Any = None) -> Statement:
    """A statement of an identity policy."""
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **conditions}


def trusting(principal: Any, condition: Any = None) -> Statement:
    """A statement of a trust policy: `principal` ({"Service": …}, {"AWS": …}) is allowed to assume the role."""
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **conditions}


def passed_to(service: str) -> dict[str, Any]:
    """The condition that a role is passed to this service."""
    return {"StringEquals": {"iam:PassedToService": service}}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def make_role(client: Client, service: str, statements: Iterable[Statement] = (), name: str = "") -> str:
    """The ARN of a new role with an inline policy, which `service` and the account are allowed to assume."""
    trust = document(trusting({"Service": service}), trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    role = client("iam").create_role(RoleName=name or unique("role"), AssumeRolePolicyDocument=trust)["Role"]
    put_policy(client, role["Arn"], "inline", *statements)
    return str(role["Arn"])


def put_policy(client: Client, role: str, name: str, *statements: Statement) -> None:
    """Put an inline policy on the role with this ARN, if there are statements."""
    if statements:
        policy = document(*statements)
        client("iam").put_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyName=name, PolicyDocument=policy)


def set_trust(client: Client, role: str, *statements: Statement) -> None:
    client("iam").update_assume_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyDocument=document(*statements))

"""Policies of IAM, and roles with them."""

import json
from typing import Any

from fixture_types import Client, Make, Unique

ACCOUNT = "000000000000"
Statement = dict[str, Any]


def allow(action: str | list[str], resource: str | list[str] = "*", condition: Any = None) -> Statement:
    """A statement of an identity policy."""
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **conditions}


def trusting(principal: Any, condition: Any = None) -> Statement:
    """A statement of a trust policy: `principal` ({"Service": …}, {"AWS": …}) may assume the role."""
    conditions = {"Condition": condition} if condition else {}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **conditions}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def create_role(client: Client, name: str, service: str, *statements: Statement) -> str:
    """The ARN of a role that `service` and the account's own principals may assume, with one inline policy."""
    trust = (trusting({"Service": service}), trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(*trust))["Role"]
    put_policy(client, role["Arn"], "inline", *statements)
    return str(role["Arn"])


def role_maker(client: Client, unique: Unique) -> Make:
    """`make_role(service, statements)` for the emulator of `client`: see `create_role`."""
    return lambda service, statements=None: create_role(client, unique("role"), service, *(statements or ()))


def put_policy(client: Client, role: str, name: str, *statements: Statement) -> None:
    """Give the role with this ARN an inline policy; nothing without statements."""
    if statements:
        policy = document(*statements)
        client("iam").put_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyName=name, PolicyDocument=policy)


def set_trust(client: Client, role: str, *statements: Statement) -> None:
    client("iam").update_assume_role_policy(RoleName=role.rsplit("/", 1)[-1], PolicyDocument=document(*statements))

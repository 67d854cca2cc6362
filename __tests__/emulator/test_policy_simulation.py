"""iam:SimulatePrincipalPolicy: `npm run verify` asks it for every row of the permission matrix."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from policies import allow, trusting
from running_emulator import RunningEmulator

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        allow("s3:ListBucket", "arn:aws:s3:::b", {"StringLike": {"s3:prefix": "in/*"}}),
        allow("s3:*Object", "arn:aws:s3:::b/*"),
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
    ],
}
TRUST = {"Version": "2012-10-17", "Statement": [trusting({"Service": "ec2.amazonaws.com"})]}


@pytest.fixture(scope="module")
def iam(emulator: RunningEmulator) -> Any:
    return emulator.client("iam")


@pytest.fixture(scope="module")
def role_arn(iam: Any) -> str:
    name = f"simulated-{uuid.uuid4().hex[:8]}"
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(POLICY))
    return arn


def decision(iam: Any, role_arn: str, action: str, resource: str, **context: str) -> str:
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role_arn, ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
    )
    [result] = answer["EvaluationResults"]
    assert (result["EvalActionName"], result["EvalResourceName"]) == (action, resource)
    return str(result["EvalDecision"])


@pytest.mark.parametrize(
    ("action", "resource", "prefix", "expected"),
    [
        ("s3:ListBucket", "arn:aws:s3:::b", "in/x", "allowed"),
        ("s3:ListBucket", "arn:aws:s3:::b", "out/x", "implicitDeny"),
        ("s3:ListBucket", "arn:aws:s3:::b", "", "implicitDeny"),
        ("s3:ListBucket", "arn:aws:s3:::b", None, "implicitDeny"),
        ("s3:GetObject", "arn:aws:s3:::b/x", None, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::other/x", None, "implicitDeny"),
        ("s3:DeleteObject", "arn:aws:s3:::b/x", None, "explicitDeny"),
    ],
)
def test_answers_as_the_policies_and_the_context_say(
    iam: Any, role_arn: str, action: str, resource: str, prefix: str | None, expected: str
) -> None:
    context = {} if prefix is None else {"s3:prefix": prefix}
    assert decision(iam, role_arn, action, resource, **context) == expected


def test_answers_for_each_action_on_each_resource(iam: Any, role_arn: str) -> None:
    actions, resources = ["s3:GetObject", "s3:DeleteObject"], ["arn:aws:s3:::b/x", "arn:aws:s3:::c/x"]
    answer = iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=actions, ResourceArns=resources)
    found = {(each["EvalActionName"], each["EvalResourceName"]) for each in answer["EvaluationResults"]}
    assert found == {(action, resource) for action in actions for resource in resources}


def test_refuses_a_role_that_does_not_exist(iam: Any) -> None:
    with pytest.raises(ClientError) as refused:
        decision(iam, "arn:aws:iam::000000000000:role/nobody", "s3:GetObject", "*")
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def test_refuses_several_values_of_a_key(iam: Any, role_arn: str) -> None:
    entry = {"ContextKeyName": "s3:prefix", "ContextKeyValues": ["a", "b"], "ContextKeyType": "stringList"}
    with pytest.raises(ClientError, match="does not support 2 values of the context key s3:prefix"):
        iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=["s3:ListBucket"], ContextEntries=[entry])

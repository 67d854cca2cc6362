"""IAM: SimulatePrincipalPolicy, which `npm run verify` asks for every row of the permission matrix, and roles."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Client, Unique
from policies import allow, document, trusting
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
def test_a_simulation_decides_by_the_policies_and_the_context(
    iam: Any, role_arn: str, action: str, resource: str, prefix: str | None, expected: str
) -> None:
    context = {} if prefix is None else {"s3:prefix": prefix}
    assert decision(iam, role_arn, action, resource, **context) == expected


def test_a_simulation_has_a_result_for_each_action_on_each_resource(iam: Any, role_arn: str) -> None:
    actions, resources = ["s3:GetObject", "s3:DeleteObject"], ["arn:aws:s3:::b/x", "arn:aws:s3:::c/x"]
    answer = iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=actions, ResourceArns=resources)
    found = {(each["EvalActionName"], each["EvalResourceName"]) for each in answer["EvaluationResults"]}
    assert found == {(action, resource) for action in actions for resource in resources}


def test_a_simulation_of_a_role_that_does_not_exist_is_refused(iam: Any) -> None:
    with pytest.raises(ClientError) as refused:
        decision(iam, "arn:aws:iam::000000000000:role/nobody", "s3:GetObject", "*")
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"


def test_a_simulation_with_several_values_of_a_key_is_refused(iam: Any, role_arn: str) -> None:
    entry = {"ContextKeyName": "s3:prefix", "ContextKeyValues": ["a", "b"], "ContextKeyType": "stringList"}
    with pytest.raises(ClientError, match="does not support 2 values of the context key s3:prefix"):
        iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=["s3:ListBucket"], ContextEntries=[entry])


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless"),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
    ],
)
def test_a_service_linked_role_has_the_name_that_its_service_chose_and_is_made_once(
    client: Client, service: str, name: str
) -> None:
    iam = client("iam")
    role = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{service}/")
    assert iam.get_role(RoleName=name)["Role"]["Arn"].endswith(f":role/aws-service-role/{service}/{name}")
    with pytest.raises(ClientError, match=r"InvalidInput.*name .* has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName=service)


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": "lambda.amazonaws.com"},
        {"Service": ["ec2.amazonaws.com", "states.amazonaws.com"]},
        {"Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::000000000000:role/another"},
    ],
)
def test_the_root_may_not_assume_a_role_of_a_service(client: Client, unique: Unique, principal: dict[str, Any]) -> None:
    name = unique("assumed")
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(trusting(principal)))["Role"]
    with pytest.raises(ClientError, match=r"AccessDenied.*is not authorized to perform: sts:AssumeRole"):
        client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"MaxSessionDuration": 3599}, "'maxSessionDuration' failed"),
        ({"MaxSessionDuration": 43201}, "'maxSessionDuration' failed"),
        ({"RoleName": "r" * 65}, "'roleName' failed"),
        ({"Description": "clicks → Parquet"}, "'description' failed"),
    ],
)
def test_a_role_that_the_model_of_iam_does_not_allow_is_refused(
    client: Client, unique: Unique, changed: dict[str, Any], complaint: str
) -> None:
    given = {"RoleName": unique("role"), "AssumeRolePolicyDocument": document(), **changed}
    with pytest.raises(ClientError, match=f"ValidationError.*{complaint}"):
        client("iam", parameter_validation=False).create_role(**given)

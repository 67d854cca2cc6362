"""IAM: SimulatePrincipalPolicy, which `npm run verify` uses, roles, log streams, and recorded decisions."""

import json
from pathlib import Path
from typing import Any

import pytest
from account import Client, allow, document, make_role, rejected, trusting, unique
from running_emulator import RunningEmulator, start_emulator

STATEMENTS = [
    allow("s3:ListBucket", "arn:aws:s3:::b", {"StringLike": {"s3:prefix": "in/*"}}),
    allow("s3:*Object", "arn:aws:s3:::b/*"),
    {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
]
GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group"


@pytest.fixture
def iam(client: Client) -> Any:
    return client("iam")


@pytest.fixture(scope="module")
def role_arn(emulator: RunningEmulator) -> str:
    return make_role(emulator.client, "ec2.amazonaws.com", STATEMENTS)


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
def test_a_simulation_uses_the_context(
    iam: Any, role_arn: str, action: str, resource: str, prefix: str | None, expected: str
) -> None:
    context = {} if prefix is None else {"s3:prefix": prefix}
    assert decision(iam, role_arn, action, resource, **context) == expected


def test_a_simulation_has_a_result_for_each_action_on_each_resource(iam: Any, role_arn: str) -> None:
    actions, resources = ["s3:GetObject", "s3:DeleteObject"], ["arn:aws:s3:::b/x", "arn:aws:s3:::c/x"]
    answer = iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=actions, ResourceArns=resources)
    found = {(each["EvalActionName"], each["EvalResourceName"]) for each in answer["EvaluationResults"]}
    assert found == {(action, resource) for action in actions for resource in resources}


def test_a_simulation_of_an_unknown_role_is_rejected(iam: Any) -> None:
    with rejected("NoSuchEntity"):
        decision(iam, "arn:aws:iam::000000000000:role/none", "s3:GetObject", "*")


def test_a_simulation_with_several_values_of_a_key_is_rejected(iam: Any, role_arn: str) -> None:
    entry = {"ContextKeyName": "s3:prefix", "ContextKeyValues": ["a", "b"], "ContextKeyType": "stringList"}
    with rejected("InvalidInput", "does not support 2 values of the context key s3:prefix"):
        iam.simulate_principal_policy(PolicySourceArn=role_arn, ActionNames=["s3:ListBucket"], ContextEntries=[entry])


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless"),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
    ],
)
def test_a_service_linked_role_has_the_name_on_aws_and_is_created_once(iam: Any, service: str, name: str) -> None:
    role = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{service}/")
    assert iam.get_role(RoleName=name)["Role"]["Arn"].endswith(f":role/aws-service-role/{service}/{name}")
    with rejected("InvalidInput", "name .* has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName=service)


@pytest.mark.parametrize(
    "principal",
    [
        {"Service": "lambda.amazonaws.com"},
        {"Service": ["ec2.amazonaws.com", "states.amazonaws.com"]},
        {"Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::000000000000:role/another"},
    ],
)
def test_root_cannot_assume_a_role_of_a_service(client: Client, principal: dict[str, Any]) -> None:
    name = unique("assumed")
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document(trusting(principal)))["Role"]
    with rejected("AccessDenied", "is not authorized to perform: sts:AssumeRole"):
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
def test_an_invalid_role_is_rejected(client: Client, changed: dict[str, Any], complaint: str) -> None:
    given = {"RoleName": unique("role"), "AssumeRolePolicyDocument": document(), **changed}
    with rejected("ValidationError", complaint):
        client("iam", parameter_validation=False).create_role(**given)


def test_a_policy_for_log_streams_allows_calls_for_these_streams_only(client_with: Client, client: Client) -> None:
    group = unique("group")
    client("logs").create_log_group(logGroupName=group)
    everything, *narrow = (
        client_with("logs", allow(["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], resource))
        for resource in (f"{GROUP_ARN}:{group}:*", f"{GROUP_ARN}:{group}", f"{GROUP_ARN}:{group}:log-stream:a")
    )
    stream = {"logGroupName": group, "logStreamName": "b/c"}
    for logs in narrow:
        with rejected(r"\w+", f"logs:CreateLogStream on resource: {GROUP_ARN}:{group}:log-stream:b/c "):
            logs.create_log_stream(**stream)
    narrow[-1].create_log_stream(logGroupName=group, logStreamName="a")
    everything.create_log_stream(**stream)
    everything.put_log_events(**stream, logEvents=[{"timestamp": 0, "message": "x"}])
    listed = everything.describe_log_streams(logGroupName=group)["logStreams"]
    assert [each["logStreamName"] for each in listed] == ["a", "b/c"]


def test_a_recorded_decision_contains_all_statements_that_allow_the_action(tmp_path: Path) -> None:
    file, bucket = tmp_path / "decisions.jsonl", "bucket-of-decisions"
    listing = {**allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"), "Sid": "List"}
    wide = {**allow(["s3:GetBucketLocation", "s3:ListBucket"], "arn:aws:s3:::*"), "Sid": "Wide"}
    with start_emulator(tmp_path / "state", "--decisions", str(file)) as emulator:
        emulator.client("s3").create_bucket(Bucket=bucket)
        role = make_role(emulator.client, "lambda.amazonaws.com", [listing, wide], "asker")
        answer = emulator.client("sts").assume_role(RoleArn=role, RoleSessionName="session")
        s3 = emulator.client("s3", answer["Credentials"])
        s3.list_objects_v2(Bucket=bucket)
        with rejected("AccessDenied"):
            s3.put_object(Bucket=bucket, Key="k", Body=b"")
    lines = map(json.loads, file.read_text().splitlines())
    decisions = {line["action"]: line for line in lines if line["role"] == "asker"}
    for action, allowed, statements in (("s3:ListBucket", True, ["List", "Wide"]), ("s3:PutObject", False, [])):
        assert (decisions[action]["allowed"], decisions[action]["statements"]) == (allowed, statements)
    assert decisions["s3:ListBucket"]["resource"] == f"arn:aws:s3:::{bucket}"

"""Lambda functions run as on AWS: environment, errors, limits, logs, and the role they need."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Assume, Client, Make, Unique
from machines import create_function
from policies import allow

LOGGING = [allow(["logs:CreateLogStream", "logs:PutLogEvents"])]


class Functions:
    def __init__(self, client: Client, unique: Unique, role: str) -> None:
        self.client = client("lambda")
        self.unique = unique
        self.role = role

    def create(self, source: str, **options: Any) -> str:
        """The name of a new function."""
        name = self.unique("function")
        create_function(self.client, name, self.role, source, **options)
        return name

    def invoke(self, name: str, payload: Any = None, **options: Any) -> Any:
        """What the function returned, or the error it ended with."""
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(payload), **options)
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            assert answer["FunctionError"] == "Unhandled"
            return {"failed": body}
        return body


@pytest.fixture
def functions(client: Client, unique: Unique, make_role: Make) -> Functions:
    return Functions(client, unique, make_role("lambda.amazonaws.com", LOGGING))


class TestEnvironment:
    def test_has_what_aws_sets_and_nothing_of_the_server(self, functions: Functions) -> None:
        name = functions.create(
            "export const handler = async () => process.env", Environment={"Variables": {"MINE": "1"}}
        )
        seen = functions.invoke(name)
        assert seen["MINE"] == "1"
        assert seen["_HANDLER"] == "index.handler"
        assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_nodejs22.x"
        assert seen["AWS_LAMBDA_FUNCTION_NAME"] == name
        assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{name}"
        assert seen["AWS_REGION"] == "us-east-1"
        assert seen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
        assert seen["TZ"] == ":UTC"
        leaked = {"AUTH", "STATE_DIR", "S3_DATA_DIR", "GATEWAY_PORT", "EMULATOR_STATE_DIR", "HOME"}
        assert not leaked & set(seen)

    def test_context_object(self, functions: Functions) -> None:
        name = functions.create(
            "export const handler = async (event, context) =>"
            " ({ ...context, left: context.getRemainingTimeInMillis() })",
            Timeout=7,
        )
        context = functions.invoke(name)
        assert context["functionName"] == name
        assert context["invokedFunctionArn"].endswith(f":function:{name}")
        assert 0 < context["left"] <= 7000

    def test_acts_with_its_own_role(self, functions: Functions, client: Client) -> None:
        name = functions.create("export const handler = async () => process.env")
        seen = functions.invoke(name)
        credentials = {
            "AccessKeyId": seen["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": seen["AWS_SECRET_ACCESS_KEY"],
            "SessionToken": seen["AWS_SESSION_TOKEN"],
        }
        identity = client("sts", credentials).get_caller_identity()
        assert identity["Arn"].endswith(f":assumed-role/{functions.role.rsplit('/', 1)[1]}/{name}")
        with pytest.raises(ClientError, match="is not authorized to perform: s3:ListAllMyBuckets"):
            client("s3", credentials).list_buckets()


class TestErrors:
    def test_type_message_and_trace_of_a_thrown_error(self, functions: Functions) -> None:
        name = functions.create(
            "class Bad extends Error { constructor(m) { super(m); this.name = 'BadInput' } }\n"
            "export const handler = async () => { throw new Bad('field x') }"
        )
        error = functions.invoke(name)["failed"]
        assert (error["errorType"], error["errorMessage"]) == ("BadInput", "field x")
        assert error["trace"][0] == "BadInput: field x"

    def test_stays_warm_after_a_thrown_error(self, functions: Functions) -> None:
        name = functions.create(
            "let calls = 0; export const handler = async () => { calls += 1; if (calls === 1) throw new Error(); "
            "return calls }"
        )
        assert "failed" in functions.invoke(name)
        assert functions.invoke(name) == 2

    @pytest.mark.parametrize(
        ("source", "options", "error"),
        [
            ("export const handler = async (=> 1", {}, "Runtime.UserCodeSyntaxError"),
            ("import 'not-bundled'; export const handler = async () => 1", {}, "Runtime.ImportModuleError"),
            ("export const other = 1", {}, "Runtime.HandlerNotFound"),
            ("export const handler = async () => 1", {"Handler": "other.handler"}, "Runtime.ImportModuleError"),
            ("throw new RangeError('at start')", {}, "RangeError"),
            ("export const handler = async () => process.exit(3)", {}, "Runtime.ExitError"),
            (
                "export const handler = () => new Promise(() => { Promise.reject(new Error('lost')) })",
                {},
                "Runtime.UnhandledPromiseRejection",
            ),
            ("export const handler = () => new Promise(() => {})", {"Timeout": 1}, "Sandbox.Timedout"),
            ("export const handler = async () => 'x'.repeat(7e6)", {}, "Function.ResponseSizeTooLarge"),
            ("export const handler = (event, context, done) => done(null, 1)", {}, "Runtime.CallbackHandlerDeprecated"),
        ],
    )
    def test_error_types_of_the_runtime(
        self, functions: Functions, source: str, options: dict[str, Any], error: str
    ) -> None:
        name = functions.create(source, **options)
        assert functions.invoke(name)["failed"]["errorType"] == error
        assert functions.invoke(name)["failed"]["errorType"] == error


class TestLimits:
    def test_refuses_more_than_six_megabytes(self, functions: Functions) -> None:
        name = functions.create("export const handler = async (event) => event.length")
        assert functions.invoke(name, "x" * 6_000_000) == 6_000_000
        with pytest.raises(ClientError) as refused:
            functions.invoke(name, "x" * 6_400_000)
        assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413

    def test_refuses_a_role_that_does_not_trust_lambda(self, functions: Functions, make_role: Make) -> None:
        functions.role = make_role("states.amazonaws.com")
        with pytest.raises(ClientError, match="The role defined for the function cannot be assumed by Lambda"):
            functions.create("export const handler = async () => 1")

    def test_creating_needs_pass_role(
        self, functions: Functions, client: Client, make_role: Make, credentials_of: Assume
    ) -> None:
        create = allow(["lambda:CreateFunction", "lambda:GetFunction*"])
        passing = allow(
            "iam:PassRole", functions.role, {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
        )
        source = "export const handler = async () => 1"
        functions.client = client("lambda", credentials_of(make_role("ec2.amazonaws.com", [create])))
        with pytest.raises(ClientError, match="iam:PassRole"):
            functions.create(source)
        functions.client = client("lambda", credentials_of(make_role("ec2.amazonaws.com", [create, passing])))
        functions.create(source)


class TestLogs:
    SOURCE = "export const handler = async () => { console.log('one\\ntwo'); console.error({ a: 1 }); return 1 }"

    def messages(self, client: Client, group: str) -> list[str]:
        return [event["message"] for event in client("logs").filter_log_events(logGroupName=group)["events"]]

    def test_writes_json_to_the_configured_group(self, functions: Functions, client: Client, unique: Unique) -> None:
        group = unique("/mine/group")
        client("logs").create_log_group(logGroupName=group)
        name = functions.create(self.SOURCE, LoggingConfig={"LogFormat": "JSON", "LogGroup": group})
        functions.invoke(name)
        start, first, second, report = [json.loads(line) for line in self.messages(client, group)]
        assert (start["type"], report["type"]) == ("platform.start", "platform.report")
        assert (first["level"], first["message"]) == ("INFO", "one\ntwo")
        assert (second["level"], second["message"]) == ("ERROR", {"a": 1})

    def test_every_line_belongs_to_its_own_invocation(self, functions: Functions) -> None:
        name = functions.create("export const handler = async (event) => { console.log(`this is ${event}`); return 1 }")
        for number in range(20):
            answer = functions.client.invoke(FunctionName=name, Payload=json.dumps(number), LogType="Tail")
            assert json.loads(base64.b64decode(answer["LogResult"]))["message"] == f"this is {number}"

    def test_creates_no_group_without_permission(self, functions: Functions, client: Client) -> None:
        name = functions.create(self.SOURCE)
        functions.invoke(name)
        assert not client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]

    def test_creates_the_group_with_permission(self, functions: Functions, client: Client, make_role: Make) -> None:
        functions.role = make_role("lambda.amazonaws.com", [allow("logs:*")])
        name = functions.create(self.SOURCE)
        functions.invoke(name)
        assert len(self.messages(client, f"/aws/lambda/{name}")) == 4

    def test_writes_nothing_without_permission(self, functions: Functions, client: Client, make_role: Make) -> None:
        functions.role = make_role("lambda.amazonaws.com")
        name = functions.create(self.SOURCE)
        client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
        assert functions.invoke(name) == 1
        assert not self.messages(client, f"/aws/lambda/{name}")

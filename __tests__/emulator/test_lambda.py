"""Lambda functions: environment, errors, limits, logs and roles."""

import base64
import json
from typing import Any

import pytest
from account import Client, allow, make_role, passed_to, rejected, unique
from machines import create_function

RETURNS_ONE = "export const handler = async () => 1"
RETURNS_EVENT = "export const handler = async (event) => ({ event })"


class Functions:
    def __init__(self, client: Client, role: str) -> None:
        self.client = client("lambda")
        self.role = role

    def create(self, source: str, **options: Any) -> str:
        """The name of a new function."""
        name = unique("function")
        create_function(self.client, name, self.role, source, **options)
        return name

    def invoke(self, name: str, payload: Any = None, **options: Any) -> Any:
        """The function's result, or its error as `{"failed": …}`."""
        answer = self.client.invoke(FunctionName=name, Payload=json.dumps(payload), **options)
        body = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            assert answer["FunctionError"] == "Unhandled"
            return {"failed": body}
        return body


@pytest.fixture
def functions(client: Client) -> Functions:
    logging = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
    return Functions(client, make_role(client, "lambda.amazonaws.com", [logging]))


def test_the_environment_contains_only_the_variables_of_aws(functions: Functions, client: Client) -> None:
    name = functions.create("export const handler = async () => process.env", Environment={"Variables": {"MINE": "1"}})
    seen = functions.invoke(name)
    expected = {
        "MINE": "1",
        "_HANDLER": "index.handler",
        "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_REGION": "us-east-1",
        "TZ": ":UTC",
    }
    assert {key: seen[key] for key in expected} == expected
    assert seen["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert not {"AUTH", "STATE_DIR", "S3_DATA_DIR", "GATEWAY_PORT", "EMULATOR_STATE_DIR", "HOME"} & set(seen)
    own = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY"}
    credentials = {key: seen[variable] for key, variable in {**own, "SessionToken": "AWS_SESSION_TOKEN"}.items()}
    identity = client("sts", credentials).get_caller_identity()
    assert identity["Arn"].endswith(f":assumed-role/{functions.role.rsplit('/', 1)[1]}/{name}")
    with rejected("AccessDenied", "is not authorized to perform: s3:ListAllMyBuckets"):
        client("s3", credentials).list_buckets()


def test_a_handler_receives_the_context_of_its_invocation(functions: Functions) -> None:
    source = "async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })"
    name = functions.create(f"export const handler = {source}", Timeout=7)
    context = functions.invoke(name)
    assert context["functionName"] == name
    assert context["invokedFunctionArn"].endswith(f":function:{name}")
    assert 0 < context["left"] <= 7000


class TestErrors:
    def test_a_thrown_error_does_not_end_the_process(self, functions: Functions) -> None:
        name = functions.create(
            "class Bad extends Error { constructor(m) { super(m); this.name = 'BadInput' } }\n"
            "let calls = 0;\n"
            "export const handler = async () => { calls += 1; if (calls === 1) throw new Bad('field x'); return calls }"
        )
        error = functions.invoke(name)["failed"]
        assert (error["errorType"], error["errorMessage"]) == ("BadInput", "field x")
        assert error["trace"][0] == "BadInput: field x"
        assert functions.invoke(name) == 2

    @pytest.mark.parametrize(
        ("source", "options", "error"),
        [
            ("export const handler = async (=> 1", {}, "Runtime.UserCodeSyntaxError"),
            (f"import 'not-bundled'; {RETURNS_ONE}", {}, "Runtime.ImportModuleError"),
            ("export const other = 1", {}, "Runtime.HandlerNotFound"),
            (RETURNS_ONE, {"Handler": "other.handler"}, "Runtime.ImportModuleError"),
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
    def test_the_runtime_reports_the_error(
        self, functions: Functions, source: str, options: dict[str, Any], error: str
    ) -> None:
        name = functions.create(source, **options)
        for _ in range(2):
            assert functions.invoke(name)["failed"]["errorType"] == error


class TestRole:
    def test_a_role_that_does_not_trust_lambda_is_rejected(self, functions: Functions, client: Client) -> None:
        functions.role = make_role(client, "states.amazonaws.com")
        with rejected(
            "InvalidParameterValueException", "The role defined for the function cannot be assumed by Lambda"
        ):
            functions.create(RETURNS_ONE)

    def test_a_new_function_needs_pass_role(self, functions: Functions, client_with: Client) -> None:
        create = allow(["lambda:CreateFunction", "lambda:GetFunction*"])
        passing = allow("iam:PassRole", functions.role, passed_to("lambda.amazonaws.com"))
        functions.client = client_with("lambda", create)
        with rejected("AccessDeniedException", "iam:PassRole"):
            functions.create(RETURNS_ONE)
        functions.client = client_with("lambda", create, passing)
        functions.create(RETURNS_ONE)


class TestLogs:
    SOURCE = "export const handler = async () => { console.log('one\\ntwo'); console.error({ a: 1 }); return 1 }"

    @staticmethod
    def messages(client: Client, group: str) -> list[str]:
        return [event["message"] for event in client("logs").filter_log_events(logGroupName=group)["events"]]

    def test_a_function_writes_json_to_the_configured_group(self, functions: Functions, client: Client) -> None:
        group = unique("/mine/group")
        client("logs").create_log_group(logGroupName=group)
        name = functions.create(self.SOURCE, LoggingConfig={"LogFormat": "JSON", "LogGroup": group})
        functions.invoke(name)
        start, first, second, report = [json.loads(line) for line in self.messages(client, group)]
        assert (start["type"], report["type"]) == ("platform.start", "platform.report")
        assert (first["level"], first["message"]) == ("INFO", "one\ntwo")
        assert (second["level"], second["message"]) == ("ERROR", {"a": 1})

    def test_every_line_is_in_the_log_of_its_invocation(self, functions: Functions) -> None:
        name = functions.create("export const handler = async (event) => { console.log(`this is ${event}`); return 1 }")
        for number in range(20):
            answer = functions.client.invoke(FunctionName=name, Payload=json.dumps(number), LogType="Tail")
            assert json.loads(base64.b64decode(answer["LogResult"]))["message"] == f"this is {number}"

    @pytest.mark.parametrize(
        ("actions", "group_exists", "lines"),
        [([], True, 0), (["CreateLogStream", "PutLogEvents"], False, None), (["*"], False, 4)],
    )
    def test_logs_need_permissions_of_the_role(
        self, functions: Functions, client: Client, actions: list[str], group_exists: bool, lines: Any
    ) -> None:
        allowed = [allow([f"logs:{action}" for action in actions])] if actions else []
        functions.role = make_role(client, "lambda.amazonaws.com", allowed)
        name = functions.create(self.SOURCE)
        group, logs = f"/aws/lambda/{name}", client("logs")
        if group_exists:
            logs.create_log_group(logGroupName=group)
        assert functions.invoke(name) == 1
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        assert (len(self.messages(client, group)) if found else None) == lines


REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    **{
        f"the runtime {runtime}": ({"Runtime": runtime}, f"The local AWS does not support the runtime {runtime}")
        for runtime in ("java21", "python3.13", "nodejs18.x")
    },
    "an unknown runtime": ({"Runtime": "nodejs99.x"}, "Value nodejs99.x at 'runtime' failed to satisfy constraint"),
    "a layer": ({"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]}, "does not support Layers of a func"),
    "a network": ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "The local AWS does not support VpcConfig"),
    "logs as text": ({"LoggingConfig": {"LogFormat": "Text"}}, "does not support LogFormat Text of LoggingConfig"),
    "more than 15 minutes": ({"Timeout": 901}, "'901' at 'timeout' failed .* less than or equal to 900"),
    "more than 10 GB of memory": ({"MemorySize": 10_241}, "'10241' at 'memorySize' failed .* than or equal to 10240"),
    "a reserved name": (
        {"Environment": {"Variables": {"LAMBDA_TASK_ROOT": "x", "AWS_REGION": "y", "MINE": "z"}}},
        "Reserved keys used in this request: AWS_REGION, LAMBDA_TASK_ROOT",
    ),
    "a name that a shell does not take": ({"Environment": {"Variables": {"a-b": "1"}}}, "regular expression pattern"),
    "more than 4 KB of variables": ({"Environment": {"Variables": {"LONG": "x" * 4087}}}, "exceeded the 4KB limit"),
    "more than 4 KB in UTF-8": ({"Environment": {"Variables": {"LONG": "ü" * 2044}}}, "exceeded the 4KB limit"),
}


class TestConfiguration:
    @pytest.fixture
    def function(self, functions: Functions) -> str:
        return functions.create(RETURNS_EVENT)

    @pytest.mark.parametrize(("options", "message"), REJECTED.values(), ids=REJECTED)
    def test_an_invalid_configuration_is_rejected(
        self, functions: Functions, function: str, options: dict[str, Any], message: str
    ) -> None:
        before = functions.client.get_function_configuration(FunctionName=function)
        count = len(functions.client.list_functions()["Functions"])
        with rejected(r"\w+", message):
            functions.create(RETURNS_ONE, **options)
        assert len(functions.client.list_functions()["Functions"]) == count
        with rejected(r"\w+", message):
            functions.client.update_function_configuration(FunctionName=function, **options)
        after = functions.client.get_function_configuration(FunctionName=function)
        assert (after["Runtime"], after.get("Environment")) == (before["Runtime"], before.get("Environment"))

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"Handler": None}, "Runtime and Handler are mandatory parameters"),
            ({"Runtime": None}, "Runtime and Handler are mandatory parameters"),
            ({"FunctionName": "n" * 65}, "at 'functionName' failed .* length less than or equal to 64"),
            ({"Code": {"S3Bucket": "of-nobody", "S3Key": "k"}}, "does not support S3Bucket of Code of a function"),
            ({"PackageType": "Image"}, "does not support PackageType Image of a function"),
        ],
    )
    def test_an_invalid_function_is_rejected(self, functions: Functions, changed: dict[str, Any], message: str) -> None:
        valid = {"FunctionName": "rejected", "Runtime": "nodejs22.x", "Handler": "index.handler"}
        given: dict[str, Any] = {**valid, "Role": functions.role, "Code": {"ZipFile": b""}, **changed}
        with rejected(r"\w+", message):
            functions.client.create_function(**{name: value for name, value in given.items() if value is not None})

    @pytest.mark.parametrize("code", [{"S3Bucket": "bucket-of-nobody", "S3Key": "k"}, {"ImageUri": "image:1"}])
    def test_only_zip_files_are_supported(self, functions: Functions, function: str, code: dict[str, str]) -> None:
        with rejected("ValidationException", f"does not support {next(iter(code))} of a function"):
            functions.client.update_function_code(FunctionName=function, **code)

    def test_variables_can_have_four_kilobytes(self, functions: Functions, function: str) -> None:
        variables = {"LONG": "x" * 4085}
        functions.client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})

    @pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
    @pytest.mark.parametrize("payload", [b"plain text", b"{", b"{'a': 1}", b"NaN", b"\xff\xfe", b"1 2"])
    def test_a_payload_must_be_json(self, functions: Functions, function: str, kind: str, payload: bytes) -> None:
        with rejected("InvalidRequestContentException", "Could not parse request body into json"):
            functions.client.invoke(FunctionName=function, Payload=payload, InvocationType=kind)

    @pytest.mark.parametrize(("payload", "event"), [(b"", {}), (b'"text"', "text"), (b" [1] ", [1])])
    def test_a_payload_can_be_any_json(self, functions: Functions, function: str, payload: bytes, event: Any) -> None:
        answer = functions.client.invoke(FunctionName=function, Payload=payload)
        assert json.loads(answer["Payload"].read()) == {"event": event}

    @pytest.mark.parametrize(("kind", "fits"), [("RequestResponse", 6_000_000), ("Event", 1_000_000)])
    def test_a_payload_has_a_maximum_size(self, functions: Functions, function: str, kind: str, fits: int) -> None:
        invocation = {"FunctionName": function, "InvocationType": kind}
        functions.client.invoke(**invocation, Payload=json.dumps("x" * fits))
        with rejected("RequestEntityTooLargeException", "Request must be smaller than"):
            functions.client.invoke(**invocation, Payload=json.dumps("x" * (fits * 107 // 100)))

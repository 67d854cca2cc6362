"""What AWS refuses in a function's configuration and payload, and what the local AWS cannot run, is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fixture_types import Client, Make, Unique
from machines import create_function

SOURCE = "export const handler = async (event) => ({ event })"

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    **{
        f"the runtime {runtime}": ({"Runtime": runtime}, f"The local AWS does not support the runtime {runtime}")
        for runtime in ("java21", "ruby3.3", "dotnet8", "go1.x", "provided.al2023", "python3.13", "nodejs18.x")
    },
    "an unknown runtime": ({"Runtime": "nodejs99.x"}, "Value nodejs99.x at 'runtime' failed to satisfy constraint"),
    "a layer": (
        {"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:l:1"]},
        "The local AWS does not support Layers of a function",
    ),
    "a network": ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "The local AWS does not support VpcConfig"),
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


@pytest.fixture
def function(client: Client, unique: Unique, make_role: Make) -> str:
    name = unique("configured")
    create_function(client("lambda"), name, make_role("lambda.amazonaws.com"), SOURCE)
    return name


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_to_create(
    client: Client, unique: Unique, make_role: Make, options: dict[str, Any], message: str
) -> None:
    name = unique("refused")
    with pytest.raises(ClientError, match=message) as refused:
        create_function(client("lambda"), name, make_role("lambda.amazonaws.com"), SOURCE, **options)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    with pytest.raises(client("lambda").exceptions.ResourceNotFoundException):
        client("lambda").get_function(FunctionName=name)


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_refuses_to_change(client: Client, function: str, options: dict[str, Any], message: str) -> None:
    before = client("lambda").get_function_configuration(FunctionName=function)
    with pytest.raises(ClientError, match=message):
        client("lambda").update_function_configuration(FunctionName=function, **options)
    after = client("lambda").get_function_configuration(FunctionName=function)
    assert (after["Runtime"], after.get("Environment")) == (before["Runtime"], before.get("Environment"))


def test_refuses_container_images(client: Client, function: str, make_role: Make) -> None:
    image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/image:1"
    role = make_role("lambda.amazonaws.com")
    with pytest.raises(ClientError, match="does not support PackageType Image of a function"):
        client("lambda").create_function(FunctionName="image", Role=role, PackageType="Image", Code={"ImageUri": image})
    with pytest.raises(ClientError, match="does not support ImageUri"):
        client("lambda").update_function_code(FunctionName=function, ImageUri=image)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Handler": None}, "Runtime and Handler are mandatory parameters"),
        ({"Runtime": None}, "Runtime and Handler are mandatory parameters"),
        ({"FunctionName": "n" * 65}, "at 'functionName' failed .* length less than or equal to 64"),
        ({"Code": {"S3Bucket": "bucket-of-nobody", "S3Key": "k"}}, "does not support S3Bucket of Code of a function"),
    ],
    ids=["no-handler", "no-runtime", "long-name", "code-in-s3"],
)
def test_refuses_a_new_function(client: Client, make_role: Make, changed: dict[str, Any], message: str) -> None:
    given = {
        "FunctionName": "refused",
        "Role": make_role("lambda.amazonaws.com"),
        "Runtime": "nodejs22.x",
        "Handler": "index.handler",
        "Code": {"ZipFile": b""},
        **changed,
    }
    with pytest.raises(ClientError, match=message):
        client("lambda").create_function(**{name: value for name, value in given.items() if value is not None})


def test_refuses_to_take_code_from_s3(client: Client, function: str) -> None:
    with pytest.raises(ClientError, match="does not support S3Bucket"):
        client("lambda").update_function_code(FunctionName=function, S3Bucket="bucket-of-nobody", S3Key="k")


def test_takes_variables_up_to_the_limit(client: Client, function: str) -> None:
    variables = {"LONG": "x" * 4085}
    client("lambda").update_function_configuration(FunctionName=function, Environment={"Variables": variables})


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
@pytest.mark.parametrize("payload", [b"plain text", b"{", b"{'a': 1}", b"NaN", b"\xff\xfe", b"1 2"])
def test_refuses_a_payload_that_is_not_json(client: Client, function: str, kind: str, payload: bytes) -> None:
    with pytest.raises(ClientError, match="Could not parse request body into json") as refused:
        client("lambda").invoke(FunctionName=function, Payload=payload, InvocationType=kind)
    assert refused.value.response["Error"]["Code"] == "InvalidRequestContentException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(("payload", "event"), [(b"", {}), (b'"text"', "text"), (b" [1] ", [1])])
def test_takes_any_json(client: Client, function: str, payload: bytes, event: Any) -> None:
    answer = client("lambda").invoke(FunctionName=function, Payload=payload)
    assert json.loads(answer["Payload"].read()) == {"event": event}

"""Checks of a function's configuration and of payloads."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel

from emulator import models
from emulator.models import ApiError, Json, members

RUNTIMES = ("nodejs22.x", "nodejs24.x")
"""Run by the Node on PATH. Since 2026-08-31 functions with older runtimes cannot be created on AWS."""
RESERVED = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API"),
        *("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
MAX_ENVIRONMENT_BYTES = 4096
"""Maximum size of all variables as JSON."""
MAX_PAYLOAD_BYTES = {"synchronous": 6_291_456, "asynchronous": 1_048_576}
MAX_VALUES = {"Timeout": 900, "MemorySize": 10_240}
"""Seconds and MB. The SDK's model has larger values, for managed instances."""
MAX_NAME_LENGTH = 64
"""Characters of a function's name; the model has the limit of an ARN."""
CONFIGURING = ("CreateFunction", "UpdateFunctionConfiguration", "UpdateFunctionCode")
FUNCTION = members(
    "FunctionName Description Role Runtime Handler Timeout MemorySize Environment Architectures TracingConfig Tags "
    "ZipFile Publish DryRun RevisionId",
    PackageType=("Zip",),
    Code=members("ZipFile"),
    LoggingConfig=members("LogGroup", LogFormat=("JSON",)),
    SnapStart=members("", ApplyOn=("None",)),
)
"""The members of functions that the stacks use."""


def rejected(message: str) -> ApiError:
    return models.invalid(message, "InvalidParameterValueException")


def check(operation: OperationModel, given: Json) -> None:
    """ApiError unless a function can be created or updated with `given`."""
    models.check(operation, {name: value for name, value in given.items() if name != "Runtime"})
    models.supported("a function", given, FUNCTION)
    for name, most in MAX_VALUES.items():
        if given.get(name, 0) > most:
            raise _too_large(given[name], name, f"have value less than or equal to {most}")
    name = given["FunctionName"].rsplit(":", 1)[-1]
    if len(name) > MAX_NAME_LENGTH:
        raise _too_large(name, "FunctionName", f"have length less than or equal to {MAX_NAME_LENGTH}")
    if problem := next(_problems(given), None):
        raise rejected(problem)


def _too_large(value: Any, name: str, constraint: str) -> ApiError:
    where = f"Value '{value}' at '{name[0].lower()}{name[1:]}' failed to satisfy constraint"
    return models.invalid(f"1 validation error detected: {where}: Member must {constraint}")


def _problems(given: Json) -> Iterator[str]:
    runtime = given.get("Runtime")
    if "Code" in given and not (given.get("Handler") and runtime):
        yield "Runtime and Handler are mandatory parameters for functions created with deployment packages."
    known = models.service_model("lambda").shape_for("Runtime").metadata["enum"]
    if runtime and runtime not in known:
        yield (
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(known)}] or be a valid ARN"
        )
    if runtime and runtime not in RUNTIMES:
        yield f"The local AWS does not support the runtime {runtime}: use {' or '.join(RUNTIMES)}."
    variables = (given.get("Environment") or {}).get("Variables") or {}
    unable = "Lambda was unable to configure your environment variables because the environment variables you have "
    if reserved := RESERVED & variables.keys():
        yield (
            f"{unable}provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(sorted(reserved))}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > MAX_ENVIRONMENT_BYTES:
        yield f"{unable}provided exceeded the 4KB limit. String measured: {measured}"


def check_payload(body: bytes, *, is_event: bool) -> None:
    """ApiError unless an invocation's payload is empty or JSON, and not too long."""
    limit = MAX_PAYLOAD_BYTES["asynchronous" if is_event else "synchronous"]
    if len(body) > limit:
        message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        raise ApiError("RequestEntityTooLargeException", message, 413)
    try:
        json.loads(body.decode() or "null", parse_constant=_reject_constant)
    except ValueError as error:
        raise ApiError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from None


def _reject_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")

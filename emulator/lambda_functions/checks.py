"""What AWS refuses in a function's configuration and in a payload, and what the local AWS cannot run."""

from __future__ import annotations

import json
from typing import Any

from emulator import models
from emulator.models import ApiError

Json = dict[str, Any]

RUNTIMES = ("nodejs22.x", "nodejs24.x")
"""Node of PATH runs them. AWS creates no functions with older ones since 2026-08-31."""
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
ENVIRONMENT_LIMIT = 4096
"""Bytes of all variables together, as JSON."""
NOT_SUPPORTED = ("Layers", "FileSystemConfigs", "ImageConfig", "ImageUri", "S3Bucket", "SnapStart", "VpcConfig")
"""Would be ignored, or not looked for in S3. Terraform sends most of them empty."""
MOST = {"Timeout": 900, "MemorySize": 10_240}
"""Seconds and MB. The SDK's model has larger numbers, for instances that a customer manages."""
LONGEST_NAME = 64
"""Characters of a function's name; the model's number is that of an ARN."""


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidParameterValueException", message)


def check(method: str, path: str, given: Json) -> None:
    """ApiError unless a function can be created or changed with `given`."""
    request = models.rest_request("lambda", method, path, {}, given)
    if request is not None:
        operation, params = request
        models.check(operation, {name: value for name, value in params.items() if name != "Runtime"})
    if given.get("PackageType", "Zip") != "Zip":
        raise _invalid("The local AWS does not support container images. Create the function from a .zip file.")
    for name in NOT_SUPPORTED:
        if _is_set({**given, **given.get("Code", {})}.get(name)):
            raise _invalid(f"The local AWS does not support {name} of a function: {json.dumps(given.get(name))}.")
    for name, most in MOST.items():
        if given.get(name, 0) > most:
            raise _too_large(given[name], name, f"have value less than or equal to {most}")
    if "Code" in given:
        _check_new(given)
    if "Runtime" in given:
        _check_runtime(given["Runtime"])
    _check_environment((given.get("Environment") or {}).get("Variables") or {})


def _too_large(value: Any, name: str, constraint: str) -> ApiError:
    where = f"Value '{value}' at '{name[0].lower()}{name[1:]}' failed to satisfy constraint"
    return ApiError("ValidationException", f"1 validation error detected: {where}: Member must {constraint}")


def _check_new(given: Json) -> None:
    name = given.get("FunctionName", "").rsplit(":", 1)[-1]
    if len(name) > LONGEST_NAME:
        raise _too_large(name, "FunctionName", f"have length less than or equal to {LONGEST_NAME}")
    if not given.get("Handler") or not given.get("Runtime"):
        raise _invalid("Runtime and Handler are mandatory parameters for functions created with deployment packages.")


def _is_set(value: Any) -> bool:
    """Whether a setting asks for something: not empty, and not SnapStart's way to say no."""
    if isinstance(value, dict):
        return any(_is_set(item) for item in value.values())
    return bool(value) and value != "None"


def _check_runtime(runtime: str) -> None:
    if runtime in RUNTIMES:
        return
    known = models.service_model("lambda").shape_for("Runtime").metadata["enum"]
    if runtime in known:
        raise _invalid(f"The local AWS does not support the runtime {runtime}. It runs {' and '.join(RUNTIMES)}.")
    raise _invalid(
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
        f"[{', '.join(known)}] or be a valid ARN"
    )


def _check_environment(variables: dict[str, str]) -> None:
    unable = "Lambda was unable to configure your environment variables because the environment variables you have "
    if reserved := RESERVED & variables.keys():
        raise _invalid(
            f"{unable}provided contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(sorted(reserved))}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > ENVIRONMENT_LIMIT:
        raise _invalid(f"{unable}provided exceeded the 4KB limit. String measured: {measured}")


def check_payload(body: bytes) -> None:
    """ApiError unless an invocation's payload is JSON, or nothing."""
    if not body:
        return
    try:
        json.loads(body.decode(), parse_constant=_refuse_constant)
    except ValueError as error:
        raise ApiError("InvalidRequestContentException", f"Could not parse request body into json: {error}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"Unrecognized token '{name}'")

"""The resources of Task states: Lambda functions, `aws-sdk:` calls and registered integrations."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from emulator.models import capital, from_pascal_case
from emulator.step_functions import integrations, sdk
from emulator.step_functions.data import to_text
from emulator.step_functions.errors import RUNTIME, TaskError, sdk_cause
from emulator.step_functions.integrations import Task

AWS_SDK = "arn:aws:states:::aws-sdk:"
LAMBDA = "arn:aws:states:::lambda:"


def perform(task: Task) -> Any:
    """The task's result. TaskError when the task fails."""
    prefix, action, _ = integrations.split(task.resource)
    if prefix.startswith(AWS_SDK):
        service = sdk.botocore_name(prefix[len(AWS_SDK) : -1])
        return sdk.call(task.role_arn, task.session_name, str(service), action, task.arguments)
    integration = integrations.find(prefix)
    if integration is None:  # a machine that an earlier version of the local AWS has accepted
        raise TaskError(RUNTIME, f"The local AWS does not support {task.resource}. Update the state machine.")
    return integration.handler(task)


def _invoke(task: Task) -> dict[str, Any]:
    given = {**task.arguments, "Payload": json.dumps(task.arguments.get("Payload", {})).encode()}
    client = sdk.client(task.role_arn, task.session_name, "lambda")
    try:
        answer = client.invoke(**given)
    except ClientError as failed:
        raise lambda_error(failed) from None
    except ParamValidationError as invalid:
        raise TaskError(RUNTIME, str(invalid)) from None
    body = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        error = json.loads(body)
        raise TaskError(error["errorType"], to_text(error))
    return {
        "ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"),
        "Payload": json.loads(body) if body else None,
        "SdkResponseMetadata": {"RequestId": answer["ResponseMetadata"].get("RequestId", "")},
        "StatusCode": answer["StatusCode"],
    }


def lambda_error(failed: ClientError) -> TaskError:
    """The error in version 1 of AWS's SDK for Java, where denied access does not have a class."""
    error, metadata = failed.response["Error"], failed.response["ResponseMetadata"]
    code = str(error.get("Code", ""))
    name = "AWSLambdaException" if code == "AccessDeniedException" else code
    status, request = metadata.get("HTTPStatusCode", 0), metadata.get("RequestId", "")
    return TaskError(f"Lambda.{name}", sdk_cause(error.get("Message", ""), "AWSLambda", status, code, request))


def problems(resource: str, arguments: Any) -> Iterator[tuple[str, str]]:
    """Problems of a Task's fields, as the field ("Resource" or "Arguments") and a message."""
    prefix, action, pattern = integrations.split(resource)
    integration = integrations.find(prefix)
    if prefix.startswith(AWS_SDK):
        service = sdk.botocore_name(prefix[len(AWS_SDK) : -1]) or ""
        known = pattern == "" and bool(service) and sdk.operation(service, action) is not None
    else:
        service = integration.model if integration else ""
        by_pattern = {"": integration.actions, "sync": integration.sync_actions} if integration else {}
        known = action in by_pattern.get(pattern, ())
    if not known:
        yield (
            "Resource",
            f"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the local "
            "AWS does not support the resource.",
        )
    elif service:
        for message in _argument_problems(service, action, arguments):
            yield "Arguments", message


def _argument_problems(service: str, action: str, given: Any) -> Iterator[str]:
    model = sdk.operation(service, action)
    if not isinstance(given, dict) or model is None or model.input_shape is None:
        return
    try:
        wire = from_pascal_case(model.input_shape, given)
    except ValueError as unknown:
        yield str(unknown)
        return
    for name in sorted(set(model.input_shape.required_members) - set(wire) - set(model.idempotent_members)):
        yield f"The field '{capital(name)}' is required but was missing"


def install() -> None:
    integrations.register(LAMBDA, _invoke, error_prefix="Lambda", actions=frozenset({"invoke"}), model="lambda")

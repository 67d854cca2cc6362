"""What a Task state's Resource does: Lambda functions, `aws-sdk:` calls, and the registered integrations."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from emulator.step_functions import integrations, sdk
from emulator.step_functions.data import to_text
from emulator.step_functions.errors import RUNTIME, TaskError, sdk_cause
from emulator.step_functions.integrations import Task

AWS_SDK = "arn:aws:states:::aws-sdk:"
HEADERS = ("X-Amz-Executed-Version", "x-amzn-RequestId", "Content-Length", "Date", "Content-Type")
"""Of Lambda's answer, as AWS writes them in the result; there are also Connection, X-Amzn-Trace-Id and
x-amzn-Remapped-Content-Length, which the local Lambda does not send."""


def perform(task: Task) -> Any:
    """Run the task to its result; TaskError when it fails."""
    prefix, action, _ = integrations.split(task.resource)
    if prefix.startswith(AWS_SDK):
        service = sdk.botocore_name(prefix[len(AWS_SDK) : -1])
        return sdk.call(task.role_arn, _session_name(task), str(service), action, task.arguments)
    integration = integrations.find(prefix)
    if integration is None:  # a machine of an earlier version of the local AWS
        raise TaskError(RUNTIME, f"The local AWS does not support {task.resource}. Update the state machine.")
    return integration.handler(task)


def _session_name(task: Task) -> str:
    return task.execution_arn.rsplit(":", 1)[-1]


def _invoke(task: Task) -> dict[str, Any]:
    given = {**task.arguments, "Payload": json.dumps(task.arguments.get("Payload", {})).encode()}
    client = sdk.client(task.role_arn, _session_name(task), "lambda")
    try:
        answer = client.invoke(**given)
    except ClientError as failed:
        raise _lambda_error(failed) from None
    except ParamValidationError as invalid:
        raise TaskError(RUNTIME, str(invalid)) from None
    body = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise _function_error(body)
    metadata = answer["ResponseMetadata"]
    headers = {name: metadata["HTTPHeaders"][name.lower()] for name in HEADERS}
    return {
        "ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"),
        "Payload": json.loads(body) if body else None,
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata["HTTPStatusCode"],
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
        "StatusCode": answer["StatusCode"],
    }


def _function_error(body: str) -> TaskError:
    error = json.loads(body)
    if error.get("errorType"):
        return TaskError(error["errorType"], to_text(error))
    return TaskError(
        "Lambda.Unknown",
        f"The cause could not be determined because Lambda did not return an error type. Returned payload: {body}",
    )


def _lambda_error(failed: ClientError) -> TaskError:
    """The Lambda integration words errors as version 1 of AWS's Java SDK: a denial has no class of its own."""
    error, metadata = failed.response["Error"], failed.response["ResponseMetadata"]
    code = str(error.get("Code", ""))
    name = "AWSLambdaException" if code == "AccessDeniedException" else code
    status, request = metadata.get("HTTPStatusCode", 0), metadata.get("RequestId", "")
    return TaskError(f"Lambda.{name}", sdk_cause(error.get("Message", ""), "AWSLambda", status, code, request))


def install() -> None:
    integrations.register(
        "arn:aws:states:::lambda:",
        _invoke,
        error_prefix="Lambda",
        actions=frozenset({"invoke"}),
        sync_actions=frozenset(),
        model="lambda",
    )

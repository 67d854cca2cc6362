"""What a Task state's Resource does: Lambda functions, `aws-sdk:` calls, and the integrations without a job."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from emulator.step_functions import integrations, sdk
from emulator.step_functions.errors import TaskError
from emulator.step_functions.integrations import Task

AWS_SDK = "arn:aws:states:::aws-sdk:"
LAMBDA_ARN = re.compile(r"arn:aws:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$")


def perform(task: Task) -> Any:
    """Run the task to its result; TaskError when it fails."""
    if LAMBDA_ARN.match(task.resource):
        return _invoke(task, task.resource, task.arguments)["Payload"]
    prefix, action, _ = integrations.split(task.resource)
    if prefix.startswith(AWS_SDK):
        return _call(task, sdk.botocore_name(prefix[len(AWS_SDK) : -1]), action)
    integration = integrations.find(prefix)
    if integration is None:
        raise TaskError("States.Runtime", f"The local AWS does not have the integration {task.resource}")
    return integration.handler(task)


def _call(task: Task, service: str | None, action: str) -> Any:
    if service is None:
        raise TaskError("States.Runtime", f"The local AWS does not know the service of {task.resource}")
    return sdk.call(task.role_arn, _session_name(task), service, action, task.arguments)


def _session_name(task: Task) -> str:
    return task.execution_arn.rsplit(":", 1)[-1]


def _invoke_optimized(task: Task) -> Any:
    given = dict(task.arguments)
    function = given.pop("FunctionName", None)
    if not isinstance(function, str):
        raise TaskError("States.Runtime", "lambda:invoke needs a FunctionName")
    payload = given.pop("Payload", {})
    return _invoke(task, function, payload, **given)


def _invoke(task: Task, function: str, payload: Any, **given: Any) -> dict[str, Any]:
    client = sdk.client(task.role_arn, _session_name(task), "lambda")
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(payload).encode(), **given)
    except ClientError as failed:
        raise _lambda_error(failed) from None
    body = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        error = json.loads(body)
        raise TaskError(error.get("errorType") or "Lambda.Unknown", body)
    return {
        "ExecutedVersion": answer.get("ExecutedVersion", "$LATEST"),
        "Payload": json.loads(body) if body else None,
        "StatusCode": answer["StatusCode"],
    }


def _lambda_error(failed: ClientError) -> TaskError:
    """The Lambda integration words errors as version 1 of AWS's Java SDK: a denial has no class of its own."""
    error, metadata = failed.response["Error"], failed.response["ResponseMetadata"]
    code = str(error.get("Code", ""))
    name = "AWSLambdaException" if code == "AccessDeniedException" else code
    return TaskError(
        f"Lambda.{name}",
        f"{error.get('Message', '')} (Service: AWSLambda; Status Code: {metadata.get('HTTPStatusCode')}; "
        f"Error Code: {code}; Request ID: {metadata.get('RequestId', '')}; Proxy: null)",
    )


def _calls(service: str) -> Callable[[Task], Any]:
    return lambda task: _call(task, service, task.action)


def _start_execution(task: Task) -> Any:
    """startExecution, and with `.sync` the child's end; an interrupted parent stops its child."""
    given = dict(task.arguments)
    if not isinstance(given.get("Input", ""), str):
        given["Input"] = json.dumps(given["Input"])
    role, name = task.role_arn, _session_name(task)
    started = sdk.call(role, name, "stepfunctions", "startExecution", given)
    if not task.sync:
        return started
    task.submitted(started)
    child = {"ExecutionArn": started["ExecutionArn"]}
    try:
        while (seen := sdk.call(role, name, "stepfunctions", "describeExecution", child))["Status"] == "RUNNING":
            task.wait(0.1)
    except integrations.TaskInterrupted:
        sdk.call(role, name, "stepfunctions", "stopExecution", child)
        raise
    if seen["Status"] != "SUCCEEDED":
        raise TaskError("States.TaskFailed", json.dumps(seen))
    return {**seen, "Output": json.loads(seen["Output"])} if task.resource.endswith(":2") else seen


def install() -> None:
    none: frozenset[str] = frozenset()
    states = "arn:aws:states:::"
    integrations.register(
        f"{states}lambda:",
        _invoke_optimized,
        error_prefix="Lambda",
        actions=frozenset({"invoke"}),
        sync_actions=none,
        model="lambda",
    )
    integrations.register(
        f"{states}states:",
        _start_execution,
        error_prefix="StepFunctions",
        actions=frozenset({"startExecution"}),
        sync_actions=frozenset({"startExecution"}),
        model="stepfunctions",
    )
    for service, prefix, actions in (
        ("sns", "SNS", {"publish"}),
        ("sqs", "SQS", {"sendMessage"}),
        ("events", "EventBridge", {"putEvents"}),
        ("dynamodb", "DynamoDB", {"getItem", "putItem", "updateItem", "deleteItem"}),
    ):
        integrations.register(
            f"{states}{service}:",
            _calls(service),
            error_prefix=prefix,
            actions=frozenset(actions),
            sync_actions=none,
            model=service,
        )

"""Targets of schedules: which there are, and the call that delivers to a target, of a rule as well."""

from __future__ import annotations

import re
from typing import Any

from emulator import models
from emulator.models import ApiError

Json = dict[str, Any]

MEMBERS = {"Arn", "RoleArn", "Input", "DeadLetterConfig", "RetryPolicy"}
"""Of AWS's members of a target those that the stacks give."""
SUPPORTED = ("sqs", "states")
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12})?:(.+)")

Call = tuple[str, str, Json]
"""botocore's service, operation and arguments."""


def queue_url(arn: str) -> str:
    """The URL of a queue; only its path counts here."""
    *_, account, name = arn.split(":")
    return f"http://127.0.0.1/{account}/{name}"


def call_of(arn: str, text: str) -> Call:
    """The API call that delivers `text` to a checked target."""
    service = arn.split(":")[2]
    if service == "lambda":
        return "lambda", "Invoke", {"FunctionName": arn, "InvocationType": "Event", "Payload": text}
    if service == "sqs":
        return "sqs", "SendMessage", {"QueueUrl": queue_url(arn), "MessageBody": text}
    return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text}


def check(target: Json) -> None:
    """ApiError unless the target's ARN and parameters can work."""
    arn = target["Arn"]
    found = _ARN.fullmatch(arn)
    if found is None:
        raise _refused(f"Provided Arn is not in correct format: {arn}")
    if found[1] not in SUPPORTED or arn.endswith(".fifo"):
        raise _refused(
            f"The local AWS does not support the target {arn}: schedules reach state machines and standard SQS queues."
        )
    models.supported("a target", target, MEMBERS)
    if not target.get("Input"):
        raise _refused("The local AWS does not support a target without Input.")


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message)

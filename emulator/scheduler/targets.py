"""Targets of schedules: which there are, and the call that each one makes with the schedule's role."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from botocore.model import OperationModel

from emulator.models import ApiError
from emulator.step_functions import sdk

Json = dict[str, Any]

UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
READ_ONLY = re.compile(
    "get|list|describe|poll|receive|search|scan|query|select|read|lookup|discover|validate|batchGet|batchDescribe|"
    "batchRead|transactGet|adminGet|adminList|testMigration|retrieve|testConnection|translateDocument|isAuthorized|"
    "invokeModel"
)
"""Actions that begin so cannot be universal targets."""
_ARN = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12})?:(.+)")

Call = tuple[str, str, Json]
"""botocore's service, operation and arguments."""


def _lambda(arn: str, target: Json, text: str) -> Call:
    return "lambda", "Invoke", {"FunctionName": arn, "InvocationType": "Event", "Payload": text}


def _sqs(arn: str, target: Json, text: str) -> Call:
    arguments = {"QueueUrl": queue_url(arn), "MessageBody": text, **(target.get("SqsParameters") or {})}
    return "sqs", "SendMessage", arguments


def _sns(arn: str, target: Json, text: str) -> Call:
    return "sns", "Publish", {"TopicArn": arn, "Message": text}


def _states(arn: str, target: Json, text: str) -> Call:
    return "stepfunctions", "StartExecution", {"stateMachineArn": arn, "input": text}


def _firehose(arn: str, target: Json, text: str) -> Call:
    stream = arn.rpartition("/")[2]
    return "firehose", "PutRecord", {"DeliveryStreamName": stream, "Record": {"Data": text.encode()}}


def _events(arn: str, target: Json, text: str) -> Call:
    named = target["EventBridgeParameters"]
    entry = {"EventBusName": arn, "Detail": text, "DetailType": named["DetailType"], "Source": named["Source"]}
    return "events", "PutEvents", {"Entries": [entry]}


TEMPLATED: dict[str, Callable[[str, Json, str], Call]] = {
    "lambda": _lambda,
    "sqs": _sqs,
    "sns": _sns,
    "states": _states,
    "firehose": _firehose,
    "events": _events,
}


def queue_url(arn: str) -> str:
    """The URL of a queue; only its path counts here."""
    *_, account, name = arn.split(":")
    return f"http://127.0.0.1/{account}/{name}"


def call_of(target: Json, text: str) -> Call:
    """The API call that delivers `text` to a checked target."""
    arn = target["Arn"]
    if arn.startswith(UNIVERSAL):
        service, model = universal(arn)
        return service, model.name, sdk.to_wire(json.loads(text), model.input_shape, service, model.name)
    return TEMPLATED[arn.split(":")[2]](arn, target, text)


@lru_cache
def universal(arn: str) -> tuple[str, OperationModel]:
    """botocore's service and operation of `arn:aws:scheduler:::aws-sdk:SERVICE:ACTION`; ApiError when there is none."""
    service, _, action = arn.removeprefix(UNIVERSAL).partition(":")
    if READ_ONLY.match(action):
        raise _refused(f"Invalid request provided: {action} only reads: {arn} is not a supported target.")
    name = sdk.botocore_name(service)
    model = sdk.operation(name, action) if name and re.fullmatch(r"[a-z]\w*", action) else None
    if name is None or model is None:
        raise _refused(f"Invalid request provided: {arn} is not a supported target: no such service or action.")
    return name, model


def check(target: Json) -> None:
    """ApiError unless the target's ARN and parameters can work."""
    arn = target["Arn"]
    if arn.startswith(UNIVERSAL):
        _check_universal(target)
    else:
        found = _ARN.fullmatch(arn)
        if found is None:
            raise _refused(f"Provided Arn is not in correct format: {arn}")
        if found[1] not in TEMPLATED:
            raise _refused(
                f"{found[1]} is not a supported service for a target. "
                f"The local AWS delivers to {', '.join(sorted(TEMPLATED))} and to {UNIVERSAL}SERVICE:ACTION."
            )
        if found[1] == "events" and not target.get("EventBridgeParameters"):
            raise _refused(f"Target {arn} needs EventBridgeParameters.")
        if arn.endswith(".fifo") and not (target.get("SqsParameters") or {}).get("MessageGroupId"):
            raise _refused(f"Target {arn} is a FIFO queue: SqsParameters.MessageGroupId is required.")


def _check_universal(target: Json) -> None:
    service, model = universal(target["Arn"])
    try:
        given = json.loads(target.get("Input") or "{}")
    except ValueError as error:
        raise _refused(f"Invalid RequestJson provided. Reason: The Input is not JSON: {error}") from None
    needed = model.input_shape.required_members if model.input_shape else []
    names = {name[:1].lower() + name[1:] for name in given} if isinstance(given, dict) else set()
    missing = [name for name in needed if name[:1].lower() + name[1:] not in names]
    if missing or not isinstance(given, dict):
        raise _refused(
            f"Invalid RequestJson provided. Reason: {service} {model.name} needs {', '.join(missing) or 'an object'}."
        )


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message)

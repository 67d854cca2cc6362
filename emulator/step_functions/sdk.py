"""AWS API calls of Task states over HTTP with the execution role's credentials, so that all checks apply."""

import re
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import OperationModel, Shape
from ministack.core.responses import get_region

from emulator.authorization import SESSION_SECONDS, assume_role
from emulator.models import capital, from_pascal_case, reshape
from emulator.role_client import MODELS, role_client
from emulator.step_functions.errors import TaskError

_BOTOCORE_NAMES = {"cloudwatchlogs": "logs", "eventbridge": "events", "sfn": "stepfunctions"}
"""Services whose name in `aws-sdk:` resources differs from botocore's name without hyphens."""

_clients: dict[tuple[str, str, str], tuple[float, Any]] = {}
_clients_lock = threading.Lock()


@lru_cache
def botocore_name(service: str) -> str | None:
    """botocore's name of a service in an `aws-sdk:` resource, or None."""
    wanted = _BOTOCORE_NAMES.get(service, service)
    names: list[str] = MODELS.get_available_services()
    return next((name for name in names if name.replace("-", "") == wanted), None)


@lru_cache
def operation(service: str, action: str) -> OperationModel | None:
    """The model of `action` ("listObjectsV2") of botocore's `service`, or None."""
    name, model = capital(action), MODELS.get_service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


@lru_cache
def error_prefix(service: str) -> str:
    """The service in error names: the class name in AWS's SDK for Java ("EmrServerless", "DynamoDb")."""
    words = re.split(r"[^A-Za-z0-9]+", str(MODELS.get_service_model(service).service_id))
    inner = re.compile(r"(?<=[A-Z])[A-Z]+(?=[A-Z][a-z]|[^A-Za-z]|$)")
    return "".join(inner.sub(lambda found: found[0].lower(), word) for word in words)


def call(role_arn: str, session_name: str, service: str, action: str, arguments: Mapping[str, Any]) -> Any:
    """The result of an API call in Step Functions. TaskError with AWS's error name."""
    model = operation(service, action)
    assert model is not None  # checked when the machine was created
    prefix = error_prefix(service)
    try:
        given = from_pascal_case(model.input_shape, arguments) if model.input_shape else {}
    except ValueError as unknown:
        raise TaskError("States.Runtime", str(unknown)) from None
    try:
        answer = client(role_arn, session_name, service)._make_api_call(model.name, given)
    except ClientError as failed:
        raise task_error(failed, model, prefix) from None
    except BotoCoreError as failed:
        raise TaskError(f"{prefix}.{prefix}Exception", str(failed)) from None
    return reshape(model.output_shape, answer, capital, _leaf)


def client(role_arn: str, session_name: str, service: str) -> Any:
    """A botocore client of `service` with credentials of the role."""
    key = (role_arn, service, get_region())
    with _clients_lock:
        made, found = _clients.get(key, (0.0, None))
        if time.time() - made > SESSION_SECONDS / 2:
            credentials = assume_role(role_arn, session_name[:64])
            found = role_client(
                service,
                credentials,
                retries={"total_max_attempts": 1},
                read_timeout=910,  # a Lambda function runs up to 900 s
                max_pool_connections=50,
                inject_host_prefix=False,
            )
            _clients[key] = (time.time(), found)
        return found


def task_error(failed: ClientError, model: OperationModel, prefix: str) -> TaskError:
    error, metadata = failed.response["Error"], failed.response["ResponseMetadata"]
    code = str(error.get("Code", ""))
    modelled = {_error_code(shape): shape.name for shape in model.error_shapes}
    if code in modelled:
        name = modelled[code]
    elif code == "404" and len(modelled) == 1:  # the response to HEAD has no body: the SDK uses the status
        name = next(iter(modelled.values()))
    else:
        name = f"{prefix}Exception"
    if not name.endswith("Exception"):
        name += "Exception"
    status, request = metadata.get("HTTPStatusCode"), metadata.get("RequestId", "")
    cause = f"{error.get('Message', code)} (Service: {prefix}, Status Code: {status}, Request ID: {request})"
    return TaskError(f"{prefix}.{name}", cause)


def _error_code(shape: Shape) -> str:
    """The error code in responses, which can differ from the shape's name."""
    return str(shape.metadata.get("error", {}).get("code", shape.name))


def instant(moment: datetime) -> str:
    """The format of Java's Instant: three fractional digits, or none for whole seconds."""
    exact = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec=exact) + "Z"


def _leaf(_: Shape, value: Any) -> Any:
    """Times and bodies as text."""
    if isinstance(value, datetime):
        return instant(value)
    if hasattr(value, "read"):
        value = value.read()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

"""Step Functions' integration `arn:aws:states:::emr-serverless:…`."""

import uuid
from typing import Any

from ministack.core.responses import get_account_id

from emulator import models
from emulator.emr_serverless import api, store
from emulator.models import ApiError, Json
from emulator.step_functions import integrations
from emulator.step_functions.errors import TaskError
from emulator.step_functions.integrations import Task

PREFIX = "arn:aws:states:::emr-serverless:"
ERROR_PREFIX = "EMRServerless"
ACTIONS = frozenset({"startJobRun", "cancelJobRun"})


def handle(task: Task) -> Any:
    """Make the task's call with the execution's role."""
    name = models.capital(task.action)
    params = parameters(api.SERVICE, name, task.arguments)
    task.require(f"emr-serverless:{name}", store.arn(str(params.get("applicationId")), params.get("jobRunId")))
    session = f"arn:aws:sts::{get_account_id()}:assumed-role/{task.role_arn.rsplit('/', 1)[-1]}"
    created_by = f"{session}/{task.execution_arn.rsplit(':', 1)[-1]}"
    try:
        answer = models.call(api.SERVICE, api.OPERATIONS, name, params, task.require, created_by)
    except ApiError as error:
        raise TaskError(f"{ERROR_PREFIX}.{error.code}", error.message) from None
    return models.pascal_case(models.service_model(api.SERVICE).operation_model(name).output_shape, answer)


def parameters(service: str, name: str, arguments: dict[str, Any]) -> Json:
    """The operation's parameters from a task's arguments. TaskError for an unknown field."""
    shape = models.service_model(service).operation_model(name).input_shape
    assert shape is not None
    try:
        params = models.from_pascal_case(shape, arguments)
    except ValueError as error:
        raise TaskError("States.Runtime", str(error)) from None
    if "clientToken" in shape.members:
        params.setdefault("clientToken", str(uuid.uuid4()))
    return dict(params)


def install() -> None:
    integrations.register(PREFIX, handle, error_prefix=ERROR_PREFIX, actions=ACTIONS)

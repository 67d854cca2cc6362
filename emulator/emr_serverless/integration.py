"""Step Functions' `arn:aws:states:::emr-serverless:…`: PascalCase in and out, checked against the execution's role."""

from __future__ import annotations

import json
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region

from emulator import models
from emulator.emr_serverless import api, store
from emulator.models import ApiError, Params
from emulator.step_functions import integrations
from emulator.step_functions.errors import TaskError, TaskInterrupted
from emulator.step_functions.integrations import Task

PREFIX = "arn:aws:states:::emr-serverless:"
ERROR_PREFIX = "EMRServerless"
SYNC_ACTIONS = frozenset(
    {"createApplication", "startApplication", "stopApplication", "deleteApplication", "startJobRun"}
)
ACTIONS = SYNC_ACTIONS | {"cancelJobRun"}
POLL_SECONDS = 0.1
GOAL = {
    "createApplication": "CREATED",
    "startApplication": "STARTED",
    "stopApplication": "STOPPED",
    "deleteApplication": "TERMINATED",
}


def handle(task: Task) -> Any:
    """Do the task's call as the execution's role; `.sync` waits for the application's state or the job run's end."""
    name = task.action[:1].upper() + task.action[1:]
    params = _parameters(name, task.arguments)
    _require(task, name, params)
    session = f"arn:aws:sts::{get_account_id()}:assumed-role/{task.role_arn.rsplit('/', 1)[-1]}"
    answer = _call(name, params, f"{session}/{task.execution_arn.rsplit(':', 1)[-1]}")
    if not answer:  # start, stop and delete answer nothing by themselves, the integration gives the id
        answer = {"applicationId": params["applicationId"]}
        result = {"ApplicationId": params["applicationId"]}
    else:
        result = models.pascal_case(models.service_model(api.SERVICE).operation_model(name).output_shape, answer)
    if not task.sync:
        return result
    task.submitted(result)
    if name == "StartJobRun":
        return _job_run_end(task, answer["applicationId"], answer["jobRunId"])
    return _application_state(task, answer["applicationId"], GOAL[task.action], result)


def _parameters(name: str, arguments: dict[str, Any]) -> Params:
    shape = models.service_model(api.SERVICE).operation_model(name).input_shape
    assert shape is not None
    try:
        params = models.from_pascal_case(shape, arguments)
    except ValueError as error:
        raise TaskError("States.Runtime", str(error)) from None
    if "clientToken" in shape.members:
        params.setdefault("clientToken", str(uuid.uuid4()))
    return dict(params)


def _call(name: str, params: Params, caller: str) -> Params:
    try:
        return dict(api.call(name, params, caller))
    except ApiError as error:
        raise TaskError(f"{ERROR_PREFIX}.{error.code}", error.message) from None


def _require(task: Task, name: str, params: Params) -> None:
    """The permissions AWS documents for each integration."""
    application = (
        store.arn(params["applicationId"]) if params.get("applicationId") else api.resource_of("/applications")
    )
    if name == "CancelJobRun":
        task.require("emr-serverless:CancelJobRun", store.arn(str(params.get("applicationId")), params.get("jobRunId")))
        return
    task.require(f"emr-serverless:{name}", application)
    if name == "StartJobRun":
        task.require("iam:PassRole", params.get("executionRoleArn", "*"), {"iam:PassedToService": api.PRINCIPAL})
    if params.get("tags"):
        tags = {f"aws:RequestTag/{key}": value for key, value in params["tags"].items()}
        task.require("emr-serverless:TagResource", application, tags)
    if task.sync:
        kind = "Job" if name == "StartJobRun" else "Application"
        rule = f"rule/StepFunctionsGetEventsForEMRServerless{kind}Rule"
        for action in ("PutRule", "PutTargets", "DescribeRule"):
            task.require(f"events:{action}", f"arn:aws:events:{get_region()}:{get_account_id()}:{rule}")


def _job_run_end(task: Task, application_id: str, job_run_id: str) -> Any:
    run = store.job_run(application_id, job_run_id)
    task.require("emr-serverless:GetJobRun", run["arn"])
    try:
        while run["state"] not in store.ENDED:
            task.wait(POLL_SECONDS)
    except TaskInterrupted:
        _cancel(task, application_id, run)
        raise
    shape = models.service_model(api.SERVICE).shape_for("JobRun")
    result = models.pascal_case(shape, run)
    if run["state"] != "SUCCESS":
        raise TaskError("States.TaskFailed", json.dumps(result))
    return result


def _cancel(task: Task, application_id: str, run: store.Record) -> None:
    """Best effort, as AWS: without the permission, or too late, the job run goes on."""
    try:
        task.require("emr-serverless:CancelJobRun", run["arn"])
        _call("CancelJobRun", {"applicationId": application_id, "jobRunId": run["jobRunId"]}, task.role_arn)
    except TaskError:
        return


def _application_state(task: Task, application_id: str, goal: str, result: Params) -> Params:
    application = store.application(application_id)
    task.require("emr-serverless:GetApplication", application["arn"])
    # An application that was CREATED and never started is at rest already: stopping it has nothing to wait for.
    goals = (goal, "CREATED") if goal == "STOPPED" else (goal,)
    while application["state"] not in goals:
        task.wait(POLL_SECONDS)
    return result


def register() -> None:
    integrations.register(PREFIX, handle, error_prefix=ERROR_PREFIX, actions=ACTIONS, sync_actions=SYNC_ACTIONS)

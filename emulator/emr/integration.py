"""Step Functions' `arn:aws:states:::elasticmapreduce:…`: its own arguments, results and waiting, the role's rights."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from emulator import linked_roles, models
from emulator.emr import store
from emulator.emr.api import resource_of
from emulator.emr.operations import OPERATIONS, SERVICE
from emulator.emr_serverless.integration import parameters
from emulator.models import ApiError, Params
from emulator.step_functions import integrations
from emulator.step_functions.errors import TaskError, TaskInterrupted, sdk_cause
from emulator.step_functions.integrations import Task

PREFIX = "arn:aws:states:::elasticmapreduce:"
ERROR_PREFIX = "EMR"
ERROR_CLASSES = {
    "InternalServerError": "InternalServerErrorException",
    "InternalServerException": "InternalServerException",
    "InvalidRequestException": "InvalidRequestException",
}
"""Codes that EMR's SDK for Java has a class for: its model, as botocore ships it, names the same three."""
OTHER_ERRORS = "AmazonElasticMapReduceException"
"""The name of all other errors, also of a denial and of throttling: as the field reports it, AWS has no list."""
POLL_SECONDS = 0.1
ACTIONS = frozenset({"createCluster", "addStep", "terminateCluster"})
UNSUPPORTED = ACTIONS | {
    *("cancelStep", "setClusterTerminationProtection"),
    *("modifyInstanceFleetByName", "modifyInstanceGroupByName"),
}
"""What our machines do not call: the same without `.sync`, and the rest."""


def handle(task: Task) -> Any:
    """Do the task's call as the execution's role, and wait for WAITING, the step's end or the cluster's end."""
    try:
        return _HANDLERS[task.action](task)
    except ApiError as refused:
        cause = sdk_cause(refused.message, "AmazonElasticMapReduce", refused.status, refused.code)
        name = ERROR_CLASSES.get(refused.code, OTHER_ERRORS)
        raise TaskError(f"{ERROR_PREFIX}.{name}", cause) from None


def _require(task: Task) -> linked_roles.Require:
    """What the execution's role must be allowed: a denial is an error of EMR like others."""

    def require(action: str, resource: str, context: Mapping[str, str]) -> None:
        try:
            task.require(action, resource, context)
        except TaskError as denied:
            raise ApiError("AccessDeniedException", denied.cause) from None

    return require


def _call(task: Task, name: str, arguments: Params) -> Params:
    """One operation of EMR as the execution's role."""
    params = parameters(SERVICE, name, arguments)
    require, arn = _require(task), resource_of(name, params)
    require(f"elasticmapreduce:{name}", arn, store.condition_keys(params.get("Tags", []), arn))
    rule = f"rule/StepFunctionsGetEventForEMR{name}Rule"
    for action in ("PutRule", "PutTargets", "DescribeRule"):
        require(f"events:{action}", f"arn:aws:events:{get_region()}:{get_account_id()}:{rule}", {})
    return dict(models.call(SERVICE, OPERATIONS, name, params, require))


def _may(task: Task, action: str, cluster_id: str) -> None:
    arn = store.arn(cluster_id)
    _require(task)(f"elasticmapreduce:{action}", arn, store.condition_keys([], arn))


def _shown(kind: str, record: store.Record) -> Any:
    return models.pascal_case(models.service_model(SERVICE).shape_for(kind), record)


def _argument(task: Task, name: str) -> Any:
    if name not in task.arguments:
        raise TaskError("States.Runtime", f"{task.action} needs the field {name}")
    return task.arguments[name]


def _only(task: Task, *names: str) -> None:
    for name in task.arguments:
        if name not in names:
            raise TaskError("States.Runtime", f'The field "{name}" is not supported by Step Functions')


def _create_cluster(task: Task) -> Any:
    if "Steps" in task.arguments:
        raise TaskError("States.Runtime", 'The field "Steps" is not supported by Step Functions')
    if task.arguments.get("Instances", {}).get("KeepJobFlowAliveWhenNoSteps") is not True:
        raise TaskError("States.Runtime", "createCluster needs Instances.KeepJobFlowAliveWhenNoSteps to be true")
    answer = _call(task, "RunJobFlow", task.arguments)
    result = {"ClusterId": answer["JobFlowId"], "ClusterArn": answer["ClusterArn"]}
    task.submitted(result)
    cluster = store.cluster(answer["JobFlowId"])
    _may(task, "DescribeCluster", cluster["Id"])
    # A cluster outlives its execution: stopping that one, or a time-out, leaves it alone.
    while store.state(cluster) not in ("WAITING", *store.ENDED):
        task.wait(POLL_SECONDS)
    result["Cluster"] = _shown("Cluster", cluster)
    if store.state(cluster) != "WAITING":
        raise TaskError("States.TaskFailed", json.dumps(result))
    return result


def _add_step(task: Task) -> Any:
    _only(task, "ClusterId", "Step", "ExecutionRoleArn")
    cluster_id, step_config = _argument(task, "ClusterId"), _argument(task, "Step")
    role = {key: task.arguments[key] for key in ("ExecutionRoleArn",) if key in task.arguments}
    answer = _call(task, "AddJobFlowSteps", {"JobFlowId": cluster_id, "Steps": [step_config], **role})
    result = {"StepId": answer["StepIds"][0]}
    task.submitted(result)
    cluster = store.cluster(cluster_id)
    step = next(step for step in cluster["steps"] if step["Id"] == result["StepId"])
    _may(task, "DescribeStep", cluster_id)
    try:
        while store.state(step) not in store.STEP_ENDED:
            task.wait(POLL_SECONDS)
    except TaskInterrupted:
        _cancel(task, cluster_id, step["Id"])
        raise
    shown = {**result, "Step": _shown("Step", step)}
    if store.state(step) != "COMPLETED":
        raise TaskError("States.TaskFailed", json.dumps(shown))
    return shown


def _cancel(task: Task, cluster_id: str, step_id: str) -> None:
    """Best effort, as AWS: without the permission, or too late, the step goes on."""
    try:
        _may(task, "CancelSteps", cluster_id)
        models.call(SERVICE, OPERATIONS, "CancelSteps", {"ClusterId": cluster_id, "StepIds": [step_id]}, _require(task))
    except ApiError:
        return


def _terminate_cluster(task: Task) -> Any:
    _only(task, "ClusterId")
    cluster_id = _argument(task, "ClusterId")
    _call(task, "TerminateJobFlows", {"JobFlowIds": [cluster_id]})
    cluster = store.cluster(cluster_id)
    task.submitted({})
    _may(task, "DescribeCluster", cluster["Id"])
    while store.state(cluster) not in store.ENDED:
        task.wait(POLL_SECONDS)
    return {"Cluster": _shown("Cluster", cluster)}


_HANDLERS: dict[str, Callable[[Task], Any]] = {
    "createCluster": _create_cluster,
    "addStep": _add_step,
    "terminateCluster": _terminate_cluster,
}


def register() -> None:
    integrations.register(
        PREFIX, handle, error_prefix=ERROR_PREFIX, actions=frozenset(), sync_actions=ACTIONS, unsupported=UNSUPPORTED
    )

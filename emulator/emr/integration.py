"""Step Functions' integration `arn:aws:states:::elasticmapreduce:…`."""

import contextlib
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region

from emulator import models
from emulator.emr import store
from emulator.emr.api import resource_of
from emulator.emr.operations import OPERATIONS, SERVICE
from emulator.emr_serverless.integration import parameters
from emulator.models import ApiError, Json
from emulator.step_functions import integrations
from emulator.step_functions.errors import TaskError, TaskInterrupted, sdk_cause
from emulator.step_functions.integrations import Task

PREFIX = "arn:aws:states:::elasticmapreduce:"
ERROR_PREFIX = "EMR"
ERROR = "AmazonElasticMapReduceException"
"""The name of all errors, as seen in reports about throttling; AWS does not document the names.

Three codes have a class in EMR's SDK for Java; the calls of our state machines do not return them here.
"""
POLL_SECONDS = 0.1
ACTIONS = frozenset({"createCluster", "addStep", "terminateCluster"})


def handle(task: Task) -> Any:
    """Make the task's call with the execution's role, and wait for WAITING, the step's end or the cluster's end."""
    try:
        return _HANDLERS[task.action](task)
    except ApiError as rejected:
        cause = sdk_cause(rejected.message, "AmazonElasticMapReduce", rejected.status, rejected.code)
        raise TaskError(f"{ERROR_PREFIX}.{ERROR}", cause) from None


def _call(task: Task, name: str, arguments: Json, *, by_rule: bool = True) -> Json:
    """Call an operation of EMR with the execution's role; `.sync` also needs permissions on an EventBridge rule."""

    def require(action: str, resource: str, context: Mapping[str, str]) -> None:
        try:
            task.require(action, resource, context)
        except TaskError as denied:  # reported like EMR's errors
            raise ApiError("AccessDeniedException", denied.cause) from None

    params = parameters(SERVICE, name, arguments)
    arn = resource_of(name, params)
    require(f"elasticmapreduce:{name}", arn, store.condition_keys(params.get("Tags", []), arn))
    rule = f"arn:aws:events:{get_region()}:{get_account_id()}:rule/StepFunctionsGetEventForEMR{name}Rule"
    for action in ("PutRule", "PutTargets", "DescribeRule") if by_rule else ():
        require(f"events:{action}", rule, {})
    return models.call(SERVICE, OPERATIONS, name, params, require)


def _describe(task: Task, kind: str, **ids: str) -> store.Record:
    """The cluster or step, described with the execution's role."""
    found: store.Record = _call(task, f"Describe{kind}", ids, by_rule=False)[kind]
    return found


def _wait(task: Task, kind: str, record: store.Record, states: Collection[str]) -> Any:
    """Wait for one of the states; returns the cluster or step in Step Functions' format."""
    while store.state(record) not in states:
        task.wait(POLL_SECONDS)
    return models.pascal_case(models.service_model(SERVICE).shape_for(kind), record)


def _arguments(task: Task, *names: str) -> Json:
    if set(names) != task.arguments.keys():
        given = ", ".join(task.arguments) or "none"
        raise TaskError("States.Runtime", f"The local AWS runs {task.action} with {', '.join(names)}, not with {given}")
    return task.arguments


def _succeeded(record: store.Record, state: str, result: Json) -> Json:
    if store.state(record) != state:
        raise TaskError("States.TaskFailed", json.dumps(result))
    return result


def _create_cluster(task: Task) -> Any:
    if "Steps" in task.arguments:
        raise TaskError("States.Runtime", 'The field "Steps" is not supported by Step Functions')
    answer = _call(task, "RunJobFlow", task.arguments)
    result = {"ClusterId": answer["JobFlowId"], "ClusterArn": answer["ClusterArn"]}
    task.submitted(result)
    cluster = _describe(task, "Cluster", ClusterId=answer["JobFlowId"])
    # A stop or time-out of the execution does not terminate the cluster.
    shown = _wait(task, "Cluster", cluster, ("WAITING", *store.ENDED))
    return _succeeded(cluster, "WAITING", {**result, "Cluster": shown})


def _add_step(task: Task) -> Any:
    given = _arguments(task, "ClusterId", "Step")
    cluster_id = given["ClusterId"]
    answer = _call(task, "AddJobFlowSteps", {"JobFlowId": cluster_id, "Steps": [given["Step"]]})
    result = {"StepId": answer["StepIds"][0]}
    task.submitted(result)
    step = _describe(task, "Step", ClusterId=cluster_id, **result)
    try:
        shown = _wait(task, "Step", step, store.STEP_ENDED)
    except TaskInterrupted:
        # Best effort, as on AWS: the step continues when it cannot be cancelled.
        with contextlib.suppress(ApiError):
            _call(task, "CancelSteps", {"ClusterId": cluster_id, "StepIds": [step["Id"]]}, by_rule=False)
        raise
    return _succeeded(step, "COMPLETED", {**result, "Step": shown})


def _terminate_cluster(task: Task) -> Any:
    cluster_id = _arguments(task, "ClusterId")["ClusterId"]
    _call(task, "TerminateJobFlows", {"JobFlowIds": [cluster_id]})
    task.submitted({})
    return {"Cluster": _wait(task, "Cluster", _describe(task, "Cluster", ClusterId=cluster_id), store.ENDED)}


_HANDLERS: dict[str, Callable[[Task], Any]] = {
    "createCluster": _create_cluster,
    "addStep": _add_step,
    "terminateCluster": _terminate_cluster,
}


def install() -> None:
    integrations.register(PREFIX, handle, error_prefix=ERROR_PREFIX, sync_actions=ACTIONS)

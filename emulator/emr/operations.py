"""EMR's operations on clusters, steps and studios: each request checked by AWS's model, each answer in its terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from emulator import models
from emulator.emr import clusters, requests, security_configurations, steps, store
from emulator.emr_studio import studios
from emulator.linked_roles import Require
from emulator.models import ApiError, Params
from emulator.paging.page import InvalidToken, page

SERVICE = "emr"
PAGE = 50


def call(name: str, params: Params, require: Require) -> Params:
    """The answer of operation `name`; `require` asks for what the caller needs beyond the action itself."""
    if name not in OPERATIONS or (name in TAGGING and not str(params.get("ResourceId")).startswith(studios.PREFIX)):
        of_cluster = " of a cluster" if name in TAGGING else ""
        raise ApiError("InternalServerException", f"The local AWS does not support {name} of EMR{of_cluster}.", 500)
    models.check(models.service_model(SERVICE).operation_model(name), params)
    return OPERATIONS[name](params, require) or {}


def _run_job_flow(params: Params, require: Require) -> Params:
    requests.check(params)
    for action, resource, keys in requests.permissions(params):
        require(action, resource, keys)
    cluster = clusters.run_job_flow(params, requests.linked_role(require))
    return {"JobFlowId": cluster["Id"], "ClusterArn": cluster["ClusterArn"]}


def _add_steps(params: Params, _: Require) -> Params:
    if params.get("ExecutionRoleArn"):
        message = "Runtime roles are not supported on this cluster. Please remove the ExecutionRoleArn parameter."
        raise ApiError("ValidationException", message)
    return {"StepIds": steps.add(store.open_job_flow(params["JobFlowId"]), params["Steps"])}


def _cancel_steps(params: Params, _: Require) -> Params:
    cluster = store.cluster(params["ClusterId"])
    found = [steps.find(cluster, step_id) for step_id in params["StepIds"]]
    return {"CancelStepsInfoList": [steps.cancel(cluster, step) for step in found]}


def _list_clusters(params: Params, _: Require) -> Params:
    after, before = params.get("CreatedAfter"), params.get("CreatedBefore")
    found = [
        cluster
        for cluster in _in_state(store.clusters.values(), params.get("ClusterStates"))
        if (after is None or _created(cluster) >= after) and (before is None or _created(cluster) <= before)
    ]
    return _page("Clusters", found, params)


def _in_state(records: Iterable[store.Record], states: list[str] | None) -> list[store.Record]:
    return [record for record in records if not states or store.state(record) in states]


def _created(record: store.Record) -> float:
    return float(record["Status"]["Timeline"]["CreationDateTime"])


def _list_steps(params: Params, _: Require) -> Params:
    if params.get("StepIds"):
        raise ApiError("InvalidRequestException", "The local AWS does not support StepIds of ListSteps.")
    return _page("Steps", _in_state(store.cluster(params["ClusterId"])["steps"], params.get("StepStates")), params)


def _list_instances(params: Params, _: Require) -> Params:
    if params.get("InstanceFleetId"):
        raise ApiError("InvalidRequestException", "The local AWS does not support InstanceFleetId of ListInstances.")
    kind = params.get("InstanceFleetType")
    found = _in_state(store.cluster(params["ClusterId"])["instances"], params.get("InstanceStates"))
    wanted = [instance for instance in found if kind in (None, instance["kind"])]
    return _page("Instances", wanted, params, newest_first=False)


def _page(key: str, found: Iterable[store.Record], params: Params, *, newest_first: bool = True) -> Params:
    def identity(record: store.Record) -> str:
        return f"{_created(record):.6f} {record['Id']}"

    return _cut(key, found, identity, params, newest_first)


def _cut(
    key: str, found: Iterable[Params], identity: Callable[[Params], str], params: Params, descending: bool = False
) -> Params:
    try:
        listed, following = page(found, identity, params.get("Marker"), PAGE, descending=descending)
    except InvalidToken:
        raise ApiError("InvalidRequestException", "Marker is not valid.") from None
    return {key: listed, "Marker": following}


OPERATIONS: dict[str, Callable[[Params, Require], Params | None]] = {
    "RunJobFlow": _run_job_flow,
    "DescribeCluster": lambda p, _: {"Cluster": store.cluster(p["ClusterId"])},
    "ListClusters": _list_clusters,
    "TerminateJobFlows": lambda p, _: clusters.terminate_job_flows(p["JobFlowIds"]),
    "SetTerminationProtection": lambda p, _: clusters.set_protection(p["JobFlowIds"], p["TerminationProtected"]),
    "AddJobFlowSteps": _add_steps,
    "DescribeStep": lambda p, _: {"Step": steps.find(store.cluster(p["ClusterId"]), p["StepId"])},
    "ListSteps": _list_steps,
    "CancelSteps": _cancel_steps,
    "ListInstances": _list_instances,
    "CreateSecurityConfiguration": lambda p, _: security_configurations.create(p),
    "DescribeSecurityConfiguration": lambda p, _: security_configurations.describe(p),
    "ListSecurityConfigurations": lambda p, _: _cut(
        "SecurityConfigurations", security_configurations.summaries(), lambda found: found["Name"], p
    ),
    "DeleteSecurityConfiguration": lambda p, _: security_configurations.delete(p),
    "CreateStudio": studios.create,
    "DescribeStudio": lambda p, _: {"Studio": studios.studio(p["StudioId"])},
    "ListStudios": lambda p, _: _cut("Studios", studios.studios.values(), lambda studio: studio["StudioId"], p),
    "UpdateStudio": lambda p, _: studios.update(p),
    "DeleteStudio": lambda p, _: studios.delete(p),
    "AddTags": lambda p, _: studios.tag(p),
    "RemoveTags": lambda p, _: studios.tag(p),
}
TAGGING = ("AddTags", "RemoveTags")

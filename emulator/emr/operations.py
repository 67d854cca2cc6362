"""EMR's operations on clusters and steps: each request checked by AWS's model, each answer in its terms."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable

from emulator import linked_roles, models
from emulator.emr import clusters, hardware, requests, security_configurations, steps, store
from emulator.models import ApiError, Params

SERVICE = "emr"
RUN = "RunJobFlow"
PAGE = 50
MOST_STEP_IDS = 10


def call(name: str, params: Params, require: linked_roles.Require) -> Params:
    """The answer of operation `name`; `require` asks for what the caller needs beyond the action itself."""
    models.check(models.service_model(SERVICE).operation_model(name), params)
    if name == RUN:
        return _run_job_flow(params, require)
    return OPERATIONS[name](params) or {}


def _run_job_flow(params: Params, require: linked_roles.Require) -> Params:
    requests.check(params)
    for action, resource, keys in requests.permissions(params):
        require(action, resource, keys)
    cluster = clusters.run_job_flow(params, requests.linked_role(require))
    return {"JobFlowId": cluster["Id"], "ClusterArn": cluster["ClusterArn"]}


def _add_steps(params: Params) -> Params:
    if params.get("ExecutionRoleArn"):
        message = "Runtime roles are not supported on this cluster. Please remove the ExecutionRoleArn parameter."
        raise ApiError("ValidationException", message)
    return {"StepIds": steps.add(store.open_job_flow(params["JobFlowId"]), params["Steps"])}


def _cancel_steps(params: Params) -> Params:
    cluster = store.cluster(params["ClusterId"])
    found = [steps.find(cluster, step_id) for step_id in params["StepIds"]]
    return {"CancelStepsInfoList": [steps.cancel(cluster, step) for step in found]}


def described(cluster: store.Record) -> Params:
    """The cluster as DescribeCluster shows it now."""
    return {**cluster, "NormalizedInstanceHours": hardware.normalized_hours(cluster)}


def _list_clusters(params: Params) -> Params:
    after, before = params.get("CreatedAfter"), params.get("CreatedBefore")
    found = [
        described(cluster)
        for cluster in store.clusters.values()
        if (not params.get("ClusterStates") or store.state(cluster) in params["ClusterStates"])
        and (after is None or _created(cluster) >= after)
        and (before is None or _created(cluster) <= before)
    ]
    return _page("Clusters", sorted(found, key=_created, reverse=True), params)


def _created(record: store.Record) -> float:
    return float(record["Status"]["Timeline"]["CreationDateTime"])


def _list_steps(params: Params) -> Params:
    cluster, wanted = store.cluster(params["ClusterId"]), params.get("StepIds") or []
    if len(wanted) > MOST_STEP_IDS:
        raise ApiError("InvalidRequestException", f"StepIds can name {MOST_STEP_IDS} steps, not {len(wanted)}.")
    if wanted and params.get("StepStates"):
        raise ApiError("InvalidRequestException", "StepIds and StepStates cannot be used together.")
    found = [steps.find(cluster, step_id) for step_id in wanted] or [
        step
        for step in reversed(cluster["steps"])
        if not params.get("StepStates") or store.state(step) in params["StepStates"]
    ]
    return _page("Steps", found, params)


def _list_instances(params: Params) -> Params:
    kind, fleet = params.get("InstanceFleetType"), params.get("InstanceFleetId")
    found = [
        instance
        for instance in store.cluster(params["ClusterId"])["instances"]
        if kind in (None, instance["kind"])
        and fleet in (None, instance["InstanceFleetId"])
        and (not params.get("InstanceStates") or store.state(instance) in params["InstanceStates"])
    ]
    return _page("Instances", found, params)


def _page(key: str, found: Iterable[store.Record], params: Params) -> Params:
    """Fifty at a time; Marker says which record comes next."""
    rest = list(found)
    if marker := params.get("Marker"):
        try:
            first = base64.urlsafe_b64decode(marker).decode()
        except ValueError:
            raise ApiError("InvalidRequestException", "Marker is not valid.") from None
        start = next((at for at, record in enumerate(rest) if record["Id"] == first), len(rest))
        rest = rest[start:]
    following = {"Marker": base64.urlsafe_b64encode(rest[PAGE]["Id"].encode()).decode()} if len(rest) > PAGE else {}
    return {key: rest[:PAGE], **following}


OPERATIONS: dict[str, Callable[[Params], Params | None]] = {
    "DescribeCluster": lambda p: {"Cluster": described(store.cluster(p["ClusterId"]))},
    "ListClusters": _list_clusters,
    "TerminateJobFlows": lambda p: clusters.terminate_job_flows(p["JobFlowIds"]),
    "SetTerminationProtection": lambda p: clusters.set_protection(p["JobFlowIds"], p["TerminationProtected"]),
    "AddJobFlowSteps": _add_steps,
    "DescribeStep": lambda p: {"Step": steps.find(store.cluster(p["ClusterId"]), p["StepId"])},
    "ListSteps": _list_steps,
    "CancelSteps": _cancel_steps,
    "ListInstances": _list_instances,
    "CreateSecurityConfiguration": security_configurations.create,
    "DescribeSecurityConfiguration": security_configurations.describe,
    "ListSecurityConfigurations": security_configurations.list_all,
    "DeleteSecurityConfiguration": security_configurations.delete,
}

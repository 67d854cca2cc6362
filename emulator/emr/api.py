"""EMR's API for clusters and steps, in place of MiniStack's; EMR Studio has its own operations on the same address."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from ministack.core import iam_actions
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import json_response
from ministack.services import emr

from emulator import hooks, lifecycle, models, persistence, roles
from emulator.emr import clusters, hardware, requests, service_policy, steps, store
from emulator.emr_studio import studios
from emulator.models import ApiError, Params

SERVICE = "emr"
IAM_SERVICE = "elasticmapreduce"
STUDIO_ID = "es-"
PAGE = 50
MOST_STEP_IDS = 10
KEPT = ("GetBlockPublicAccessConfiguration", "PutBlockPublicAccessConfiguration")
"""MiniStack's own that are good enough."""
Response = tuple[int, dict[str, str], bytes]


def call(name: str, params: Params, require: requests.Require) -> Params:
    """The answer of operation `name`; `require` asks for what the caller needs beyond the action itself."""
    models.check(models.service_model(SERVICE).operation_model(name), params)
    if name == "RunJobFlow":
        return _run_job_flow(params, require)
    return _OPERATIONS[name](params) or {}


def _run_job_flow(params: Params, require: requests.Require) -> Params:
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
    kinds = params.get("InstanceGroupTypes") or [kind for kind in [params.get("InstanceFleetType")] if kind]
    collection = params.get("InstanceFleetId") or params.get("InstanceGroupId")
    found = [
        instance
        for instance in store.cluster(params["ClusterId"])["instances"]
        if (not kinds or instance["kind"] in kinds)
        and (not params.get("InstanceStates") or store.state(instance) in params["InstanceStates"])
        and collection in (None, instance.get("InstanceFleetId"), instance.get("InstanceGroupId"))
    ]
    return _page("Instances", found, params)


def _list_collections(kind: str, key: str, params: Params) -> Params:
    cluster = store.cluster(params["ClusterId"])
    if cluster["InstanceCollectionType"] != kind:
        other = "fleets and does not support instance groups" if key == "InstanceGroups" else "groups, not fleets"
        raise ApiError("InvalidRequestException", f"Cluster {cluster['Id']} uses instance {other}.")
    return _page(key, cluster["collections"], params)


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


def _policy(params: Params) -> Params:
    policy = store.job_flow(params["ClusterId"])["autoTerminationPolicy"]
    return {"AutoTerminationPolicy": policy} if policy else {}


def _tag(params: Params) -> None:
    cluster = store.cluster(params["ResourceId"])
    changed = {tag["Key"]: tag for tag in params.get("Tags", [])}
    gone = {*changed, *params.get("TagKeys", [])}
    cluster["Tags"] = [tag for tag in cluster["Tags"] if tag["Key"] not in gone] + list(changed.values())


_OPERATIONS: dict[str, Callable[[Params], Params | None]] = {
    "DescribeCluster": lambda p: {"Cluster": described(store.cluster(p["ClusterId"]))},
    "ListClusters": _list_clusters,
    "TerminateJobFlows": lambda p: clusters.terminate_job_flows(p["JobFlowIds"]),
    "SetTerminationProtection": lambda p: clusters.set_protection(p["JobFlowIds"], p["TerminationProtected"]),
    "AddJobFlowSteps": _add_steps,
    "DescribeStep": lambda p: {"Step": steps.find(store.cluster(p["ClusterId"]), p["StepId"])},
    "ListSteps": _list_steps,
    "CancelSteps": _cancel_steps,
    "ListInstances": _list_instances,
    "ListInstanceFleets": partial(_list_collections, "INSTANCE_FLEET", "InstanceFleets"),
    "ListInstanceGroups": partial(_list_collections, "INSTANCE_GROUP", "InstanceGroups"),
    "ListBootstrapActions": lambda p: {"BootstrapActions": store.cluster(p["ClusterId"])["bootstrapActions"]},
    "AddTags": _tag,
    "RemoveTags": _tag,
    "PutAutoTerminationPolicy": lambda p: clusters.set_idle_timeout(p["ClusterId"], p["AutoTerminationPolicy"]),
    "GetAutoTerminationPolicy": _policy,
    "RemoveAutoTerminationPolicy": lambda p: clusters.set_idle_timeout(p["ClusterId"], None),
}


def _answer(name: str, headers: Mapping[str, str], query: Mapping[str, Any], body: bytes) -> Any:
    params: Params = json.loads(body or b"{}")
    require = partial(roles.caller_must, headers, query)
    for other in (params.get("JobFlowIds") or [])[1:]:
        require(f"{IAM_SERVICE}:{name}", store.arn(other), {})
    shape = models.service_model(SERVICE).operation_model(name).output_shape
    return json_response(models.answer(shape, call(name, params, require)) or {})


def _replace(theirs: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        name = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        is_studio = "Studio" in name or (f'"{STUDIO_ID}'.encode() in body and name in ("AddTags", "RemoveTags"))
        if is_studio or name in KEPT:
            return await theirs(method, path, headers, body, query)
        if name not in (*_OPERATIONS, "RunJobFlow"):
            raise ApiError("InternalServerException", f"{name} is not part of the local AWS.", 500)
        return await run_reentrant(_answer, name, headers, query, body)

    return handle


def resource_of(name: str, params: Params) -> str:
    """The ARN that IAM checks: RunJobFlow and ListClusters are not about one cluster."""
    listed = (params.get("JobFlowIds") or [None])[0]
    cluster = listed or params.get("ClusterId") or params.get("JobFlowId") or params.get("ResourceId")
    if str(cluster).startswith(STUDIO_ID):
        return studios.arn(str(cluster))
    return "*" if name in ("RunJobFlow", "ListClusters") or not cluster else store.arn(cluster)


def _with_arns(theirs: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        name = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service == IAM_SERVICE and name in (*_OPERATIONS, "RunJobFlow"):
            return resource_of(name, json.loads(body or b"{}"))
        return theirs(service, method, path, headers, body, *rest)

    return resource


def install() -> None:
    """Serve the operations, before EMR Studio's hooks: those turn an ApiError into the answer."""
    hooks.replace(emr, "handle_request", _replace)
    hooks.replace(iam_actions, "extract_resource_arn", _with_arns)
    hooks.original(iam_actions, "_BOTOCORE_SERVICE_MAP")[IAM_SERVICE] = [SERVICE]
    service_policy.install()
    persistence.register("emr-clusters", store.get_state, store.load_state)
    lifecycle.on_stop(steps.interrupt)

"""EMR's operations on clusters, steps, security configurations and studios, and the members of their requests."""

import json
import time
from collections.abc import Callable, Iterable

from emulator.emr import clusters, requests, steps, store, studios
from emulator.linked_roles import Require
from emulator.models import Json, Operation, invalid, members
from emulator.paging import page

SERVICE = "emr"
PAGE = 50
INVALID_REQUEST = "InvalidRequestException"


def _run_job_flow(params: Json, require: Require) -> Json:
    requests.check(params)
    for action, resource, keys in requests.permissions(params):
        require(action, resource, keys)
    cluster = clusters.run_job_flow(params, requests.linked_role(require))
    return {"JobFlowId": cluster["Id"], "ClusterArn": cluster["ClusterArn"]}


def _cancel_steps(params: Json, _: Require) -> Json:
    cluster = store.cluster(params["ClusterId"])
    found = [steps.find(cluster, step_id) for step_id in params["StepIds"]]
    return {"CancelStepsInfoList": [steps.cancel(cluster, step) for step in found]}


def _create_configuration(params: Json, _: Require) -> Json:
    """Security configurations are stored, and have no effect."""
    name = params["Name"]
    if name in store.configurations:
        raise invalid(f"Security configuration with name '{name}' already exists.", INVALID_REQUEST)
    try:
        json.loads(params["SecurityConfiguration"])
    except ValueError as error:
        raise invalid(f"SecurityConfiguration is not valid JSON: {error}", INVALID_REQUEST) from None
    store.configurations[name] = {**params, "CreationDateTime": time.time()}
    return _configuration(params)


def _configuration(params: Json, *_: Require) -> Json:
    found: Json | None = store.configurations.get(params["Name"])
    if found is None:
        raise invalid(f"Security configuration with name '{params['Name']}' does not exist.", INVALID_REQUEST)
    return found


def _delete_configuration(params: Json, _: Require) -> None:
    _configuration(params)
    del store.configurations[params["Name"]]


def _list(
    key: str,
    found: Callable[[Json], Iterable[store.Record]],
    states: str = "",
    *,
    identity: Callable[[store.Record], str] = lambda record: f"{_created(record):.6f} {record['Id']}",
    newest_first: bool = True,
) -> Callable[[Json, Require], Json]:
    """An operation that lists the records of `found`, by the parameter `states` and by CreatedAfter."""

    def listed(params: Json, _: Require) -> Json:
        wanted, after = params.get(states), params.get("CreatedAfter", 0)
        matching = [
            record
            for record in found(params)
            if (not wanted or store.state(record) in wanted) and (not after or _created(record) >= after)
        ]
        rejection = invalid("Marker is not valid.", INVALID_REQUEST)
        shown, following = page(matching, identity, params.get("Marker"), PAGE, rejection, descending=newest_first)
        return {key: shown, "Marker": following}

    return listed


def _created(record: store.Record) -> float:
    return float(record["Status"]["Timeline"]["CreationDateTime"])


STEP = members("Name", ActionOnFailure=("CONTINUE",), HadoopJarStep=members("Jar Args"))
STUDIO = members(
    "Name Description VpcId SubnetIds ServiceRole DefaultS3Location Tags WorkspaceSecurityGroupId "
    "EngineSecurityGroupId",
    AuthMode=("IAM",),
)
OPERATIONS: dict[str, Operation] = {
    "RunJobFlow": Operation(_run_job_flow, requests.MEMBERS),
    "DescribeCluster": Operation(lambda p, _: {"Cluster": store.cluster(p["ClusterId"])}),
    "ListClusters": Operation(
        _list("Clusters", lambda _: store.clusters.values(), "ClusterStates"),
        members("ClusterStates CreatedAfter Marker"),
    ),
    "TerminateJobFlows": Operation(lambda p, _: clusters.terminate_job_flows(p["JobFlowIds"])),
    "SetTerminationProtection": Operation(
        lambda p, _: clusters.set_protection(p["JobFlowIds"], p["TerminationProtected"])
    ),
    "AddJobFlowSteps": Operation(
        lambda p, _: {"StepIds": steps.add(store.open_job_flow(p["JobFlowId"]), p["Steps"])},
        members("JobFlowId", Steps=STEP),
    ),
    "DescribeStep": Operation(lambda p, _: {"Step": steps.find(store.cluster(p["ClusterId"]), p["StepId"])}),
    "ListSteps": Operation(
        _list("Steps", lambda p: store.cluster(p["ClusterId"])["steps"], "StepStates"),
        members("ClusterId StepStates Marker"),
    ),
    "CancelSteps": Operation(_cancel_steps),
    "ListInstances": Operation(
        _list("Instances", lambda p: store.cluster(p["ClusterId"])["instances"], "InstanceStates", newest_first=False),
        members("ClusterId InstanceStates Marker"),
    ),
    "CreateSecurityConfiguration": Operation(_create_configuration),
    "DescribeSecurityConfiguration": Operation(_configuration),
    "ListSecurityConfigurations": Operation(lambda *_: {"SecurityConfigurations": list(store.configurations.values())}),
    "DeleteSecurityConfiguration": Operation(_delete_configuration),
    "CreateStudio": Operation(studios.create, STUDIO),
    "DescribeStudio": Operation(lambda p, _: {"Studio": studios.studio(p["StudioId"])}),
    "ListStudios": Operation(
        _list("Studios", lambda _: studios.studios.values(), identity=lambda studio: str(studio["StudioId"]))
    ),
    "UpdateStudio": Operation(studios.update),
    "DeleteStudio": Operation(studios.delete),
    "AddTags": Operation(studios.tag),
    "RemoveTags": Operation(studios.tag),
}

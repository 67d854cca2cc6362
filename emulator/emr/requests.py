"""RunJobFlow: checks of the request, permissions of the caller, and the new cluster's record."""

import re
from collections.abc import Iterator

from ministack.core.responses import get_account_id
from ministack.services import iam

from emulator import linked_roles
from emulator.emr import hardware, network, store
from emulator.models import ApiError, Json, invalid, members
from emulator.spark import submit
from emulator.step_functions.errors import TaskError

PRINCIPAL = "elasticmapreduce.amazonaws.com"
IDLE_SECONDS = (60, 604_800)
COPIED = (
    *("Name", "LogUri", "ReleaseLabel", "Configurations", "ServiceRole", "SecurityConfiguration"),
    *("LogEncryptionKmsKeyId", "MonitoringConfiguration"),
)
NETWORK = (network.SERVICE_ACCESS, *network.MANAGED)
MEMBERS = members(
    "Name LogUri LogEncryptionKmsKeyId ReleaseLabel ServiceRole SecurityConfiguration Applications "
    "AutoTerminationPolicy JobFlowRole Tags",
    MonitoringConfiguration=members("", CloudWatchLogConfiguration=members("Enabled LogGroupName LogTypes")),
    Configurations=members("Properties Configurations", Classification=("emr-metrics",)),
    Instances=members("Ec2SubnetIds InstanceFleets TerminationProtected KeepJobFlowAliveWhenNoSteps")
    | dict.fromkeys(NETWORK),
)
"""The members of RunJobFlow that the pipelines use."""
TAG = re.compile(r"[\w\s.:/=+\-@]*")
"""Characters of tags: "Tag restrictions", EMR management guide."""


def check(params: Json) -> None:
    """ApiError ValidationException when AWS rejects the request; other problems fail the launch."""
    if problem := next(_problems(params), None):
        raise invalid(problem)


def _problems(params: Json) -> Iterator[str]:
    instances, release = params["Instances"], params.get("ReleaseLabel", "")
    if not instances.get("KeepJobFlowAliveWhenNoSteps"):
        yield "The local AWS does not support a cluster without KeepJobFlowAliveWhenNoSteps."
    for text in (part for tag in params.get("Tags", []) for part in tag.values()):
        if not TAG.fullmatch(text):
            yield f"Tag {text!r} can contain only letters, digits, spaces and _ . : / = + - @"
    yield from hardware.problems(instances.get("InstanceFleets") or [])
    if not re.fullmatch(r"emr-\d+\.\d+\.\d+", release):
        yield f"The supplied release label is invalid: {release}."
    if rejection := submit.unsupported(release):
        yield rejection
    for name, what in (("JobFlowRole", "InstanceProfile"), ("ServiceRole", "ServiceRole")):
        if not params.get(name):
            yield f"{what} is required for creating cluster."
    if instance_role(params["JobFlowRole"]) is None:
        yield f"Invalid InstanceProfile: {params['JobFlowRole']}."
    if params.get("LogUri") and not re.fullmatch(r"s3[an]?://[^/]+(/.*)?", params["LogUri"]):
        yield f"LogUri must be s3://bucket[/path], not {params['LogUri']}."
    (low, high), idle = IDLE_SECONDS, params.get("AutoTerminationPolicy", {}).get("IdleTimeout")
    if "AutoTerminationPolicy" in params and not low <= (idle or 0) <= high:
        yield f"IdleTimeout must be from {low} to {high} seconds, not {idle}."
    security = params.get("SecurityConfiguration")
    if security and security not in store.configurations:
        yield f"Security configuration with name '{security}' does not exist."
    if len(instances.keys() & set(network.MANAGED)) == 1:
        yield f"Specify both {' and '.join(network.MANAGED)}, or neither."


def instance_role(profile: str) -> str | None:
    """The ARN of the role in an instance profile with this name or ARN; None without profile or role."""
    found = iam._instance_profiles.get(profile.rsplit("/", 1)[-1])
    return role_arn(found["Roles"][0]) if found and found["Roles"] else None


def role_arn(role: str) -> str:
    """The ARN of a role with this name or ARN, which may not exist."""
    found = iam._roles.get(role.rsplit("/", 1)[-1])
    return str(found["Arn"]) if found else role if ":" in role else f"arn:aws:iam::{get_account_id()}:role/{role}"


def permissions(params: Json) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The caller's permissions other than elasticmapreduce:RunJobFlow, as (action, resource, condition keys)."""
    any_cluster = store.arn("*")
    if params.get("Tags"):
        yield "elasticmapreduce:AddTags", any_cluster, store.condition_keys(params["Tags"])
    if "AutoTerminationPolicy" in params:
        yield "elasticmapreduce:PutAutoTerminationPolicy", any_cluster, {}
    yield "iam:PassRole", role_arn(params["ServiceRole"]), {"iam:PassedToService": PRINCIPAL}
    passed = instance_role(params["JobFlowRole"])
    yield "iam:PassRole", str(passed), {"iam:PassedToService": "ec2.amazonaws.com"}


def linked_role(require: linked_roles.Require) -> bool:
    """Whether the service-linked role exists, which the caller of the first cluster creates."""
    try:
        linked_roles.provide(PRINCIPAL, require)
    except (ApiError, TaskError):
        return False
    return True


def new_cluster(params: Json) -> store.Record:
    """The record of a STARTING cluster."""
    instances, cluster_id = params["Instances"], store.new_id("j")
    return {
        "VisibleToAllUsers": True,
        "StepConcurrencyLevel": 1,
        "InstanceCollectionType": "INSTANCE_FLEET",
        **{key: params[key] for key in COPIED if key in params},
        "Id": cluster_id,
        "ClusterArn": store.arn(cluster_id),
        "Status": store.new_status("STARTING"),
        "Ec2InstanceAttributes": {
            **{key: instances[key] for key in NETWORK if key in instances},
            "RequestedEc2SubnetIds": instances.get("Ec2SubnetIds", []),
            "RequestedEc2AvailabilityZones": [],
            "IamInstanceProfile": params["JobFlowRole"].rsplit("/", 1)[-1],
        },
        "Applications": params.get("Applications", []),
        "Tags": params.get("Tags", []),
        "AutoTerminate": False,
        "TerminationProtected": instances.get("TerminationProtected", False),
        "fleets": instances["InstanceFleets"],
        "instances": [],
        "steps": [],
        "autoTerminationPolicy": params.get("AutoTerminationPolicy"),
        "serviceRole": role_arn(params["ServiceRole"]),
        "instanceRole": instance_role(params["JobFlowRole"]),
    }

"""The tagging API lists the tagged resources of all services, and fails when it cannot read a service.

A tear-down uses it to find remaining resources, so a service must not be skipped silently.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import athena, cloudwatch, cloudwatch_logs, ec2, firehose, stepfunctions, tagging

from emulator import hooks, models
from emulator.emr import store as clusters
from emulator.emr import studios
from emulator.emr_serverless import store
from emulator.models import ApiError, invalid, members
from emulator.paging import page

Tags = list[dict[str, str]]
Tagged = Iterable[tuple[str, Any]]
MAX_PAGE = 100
BAD_TOKEN = invalid("PaginationToken was not given by this operation.", "InvalidParameterException")
EC2_TYPES = {
    "vpc": ("vpc", "_vpcs"),
    "subnet": ("subnet", "_subnets"),
    "sg": ("security-group", "_security_groups"),
    "rtb": ("route-table", "_route_tables"),
    "vpce": ("vpc-endpoint", "_vpc_endpoints"),
}
"""Id prefix → resource type in ARNs and MiniStack's store, for the types in the stacks.

MiniStack keeps the tags of deleted resources.
"""


def _listed(tags: Any) -> Tags:
    if isinstance(tags, Mapping):
        return [{"Key": str(key), "Value": str(value)} for key, value in tags.items()]
    return [
        {"Key": str(t.get("Key", t.get("key"))), "Value": str(t.get("Value", t.get("value", "")))} for t in tags or []
    ]


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _ec2() -> Tagged:
    rules = _security_group_rules()
    for resource_id, tags in ec2._tags.items():
        prefix = resource_id.split("-")[0]
        kind, store = EC2_TYPES.get(prefix, ("security-group-rule" if prefix == "sgr" else prefix, ""))
        exists = resource_id in rules if prefix == "sgr" else not store or _exists(getattr(ec2, store).get(resource_id))
        if exists:
            yield _arn("ec2", f"{kind}/{resource_id}"), tags


def _exists(record: Any) -> bool:
    # Deleted NAT gateways and endpoints remain in their store for some time, as on AWS.
    return record is not None and not (isinstance(record, Mapping) and record.get("State") == "deleted")


def _security_group_rules() -> set[str]:
    return {
        ec2._sg_rule_id(group_id, is_egress, rule)
        for group_id, group in ec2._security_groups.items()
        for is_egress, key in ((False, "IpPermissions"), (True, "IpPermissionsEgress"))
        for rule in group.get(key, [])
    }


def _emr() -> Tagged:
    live = (one for one in clusters.clusters.values() if clusters.state(one) not in clusters.ENDED)
    yield from ((cluster["ClusterArn"], cluster["Tags"]) for cluster in live)
    yield from ((studio["StudioArn"], studio["Tags"]) for studio in studios.studios.values())


def _emr_serverless() -> Tagged:
    live = (one for one in store.applications.values() if one["state"] != "TERMINATED")
    yield from ((record["arn"], record["tags"]) for record in (*live, *store.job_runs.values()))


def _of_region(tags: Mapping[str, Any]) -> Tagged:
    return ((arn, found) for arn, found in tags.items() if arn.split(":")[3] == get_region())


RESOURCES: dict[str, Callable[[], Tagged]] = {
    "states": lambda: stepfunctions._tags.items(),
    "firehose": lambda: ((stream["arn"], stream["tags"]) for stream in firehose._streams.values()),
    "logs": lambda: (
        (_arn("logs", f"log-group:{name}"), group.get("tags")) for name, group in cloudwatch_logs._log_groups.items()
    ),
    "elasticmapreduce": _emr,
    "emr-serverless": _emr_serverless,
    "athena": lambda: _of_region(athena._tags),
    "cloudwatch": lambda: _of_region(cloudwatch._resource_tags),
    "ec2": _ec2,
}
"""ARNs and tags, in any of AWS's formats, of resources that MiniStack's tagging API does not list."""


def _collect(resources: Callable[[], Tagged]) -> Callable[[], Iterator[tuple[str, Tags]]]:
    return lambda: ((arn, _listed(tags)) for arn, tags in resources())


def _tagged() -> dict[str, Tags]:
    """The tagged resources by ARN; AWS does not list untagged ones."""
    found: dict[str, Tags] = {}
    for service, collect in tagging._COLLECTORS.items():
        try:
            found.update(collect())
        except Exception as error:
            message = f"The tags of {service} could not be read: {error!r}"
            raise ApiError("InternalServiceException", message, 500) from error
    return {arn: tags for arn, tags in found.items() if tags}


def _get_resources(data: dict[str, Any]) -> Any:
    size = data.get("ResourcesPerPage", MAX_PAGE)
    try:
        models.supported("GetResources", data, members("TagFilters PaginationToken ResourcesPerPage"))
        if not 1 <= size <= MAX_PAGE:
            raise invalid(f"ResourcesPerPage must be from 1 to {MAX_PAGE}, not {size}.", "InvalidParameterException")
        filters = data.get("TagFilters") or []
        found = {arn: tags for arn, tags in _tagged().items() if tagging._matches_tag_filters(tags, filters)}
        listed, token = page(found, str, data.get("PaginationToken"), size, BAD_TOKEN)
    except ApiError as rejected:
        return error_response_json(rejected.code, rejected.message, rejected.status, message_key="Message")
    mappings = [{"ResourceARN": arn, "Tags": found[arn]} for arn in listed]
    return tagging._json({"ResourceTagMappingList": mappings, "PaginationToken": token or ""})


def install() -> None:
    ours = {service: _collect(resources) for service, resources in RESOURCES.items()}
    hooks.original(tagging, "_COLLECTORS").update(ours)
    # Used for aws:ResourceTag conditions.
    hooks.original(tagging, "_RESOURCE_TAG_COLLECTORS").update(ours)
    handlers = hooks.original(tagging, "_HANDLERS")
    handlers["GetResources"] = _get_resources
    for unused in ("GetTagKeys", "GetTagValues"):  # skip services silently
        del handlers[unused]
    hooks.require(ec2, " ".join(["_sg_rule_id", *(kept for _, kept in EC2_TYPES.values())]))

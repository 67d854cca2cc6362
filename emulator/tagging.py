"""The tagging API shows every tagged resource of ours, page by page, and fails when it cannot see a service.

A tear-down asks it what is left: a service that is skipped in silence would make an account look clean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region
from ministack.services import cloudwatch, cloudwatch_logs, ec2, firehose, stepfunctions, tagging

from emulator import hooks
from emulator.emr import store as clusters
from emulator.emr import studios
from emulator.emr_serverless import store
from emulator.paging.page import InvalidToken, page

Tags = list[dict[str, str]]
Tagged = Iterator[tuple[str, Tags]]
LARGEST_PAGE = 100
EC2_TYPES = {
    "vpc": ("vpc", "_vpcs"),
    "subnet": ("subnet", "_subnets"),
    "sg": ("security-group", "_security_groups"),
    "igw": ("internet-gateway", "_internet_gateways"),
    "rtb": ("route-table", "_route_tables"),
    "vpce": ("vpc-endpoint", "_vpc_endpoints"),
    "eipalloc": ("elastic-ip", "_addresses"),
    "nat": ("natgateway", "_nat_gateways"),
}
"""Prefix of an id -> resource type in ARNs, and MiniStack's store: it keeps the tags of what is deleted.

Those that stacks of ours have; others would be shown for ever.
"""


def _listed(tags: Any) -> Tags:
    if isinstance(tags, Mapping):
        return [{"Key": str(key), "Value": str(value)} for key, value in tags.items()]
    return [
        {"Key": str(t.get("Key", t.get("key"))), "Value": str(t.get("Value", t.get("value", "")))} for t in tags or []
    ]


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def _states() -> Tagged:
    yield from ((arn, _listed(tags)) for arn, tags in stepfunctions._tags.items())


def _firehose() -> Tagged:
    yield from ((stream["arn"], _listed(stream["tags"])) for stream in firehose._streams.values())


def _logs() -> Tagged:
    for name, group in cloudwatch_logs._log_groups.items():
        yield _arn("logs", f"log-group:{name}"), _listed(group.get("tags"))


def _emr() -> Tagged:
    for cluster in clusters.clusters.values():
        if clusters.state(cluster) not in clusters.ENDED:
            yield cluster["ClusterArn"], _listed(cluster["Tags"])
    for studio in studios.studios.values():
        yield studio["StudioArn"], _listed(studio["Tags"])


def _emr_serverless() -> Tagged:
    for application in store.applications.values():
        if application["state"] != "TERMINATED":
            yield application["arn"], _listed(application["tags"])
    yield from ((run["arn"], _listed(run["tags"])) for run in store.job_runs.values())


def _cloudwatch() -> Tagged:
    for arn, tags in cloudwatch._resource_tags.items():
        if arn.split(":")[3] == get_region():
            yield arn, _listed(tags)


def _ec2() -> Tagged:
    rules = _security_group_rules()
    for resource_id, tags in ec2._tags.items():
        prefix = resource_id.split("-")[0]
        if prefix == "sgr":
            kind, exists = "security-group-rule", resource_id in rules
        else:
            kind, store_name = EC2_TYPES.get(prefix, (prefix, ""))
            exists = not store_name or _exists(hooks.original(ec2, store_name).get(resource_id))
        if exists:
            yield _arn("ec2", f"{kind}/{resource_id}"), _listed(tags)


def _exists(record: Any) -> bool:
    # A deleted NAT gateway or endpoint stays in its store for a while, as on AWS.
    return record is not None and not (isinstance(record, Mapping) and record.get("State") == "deleted")


def _security_group_rules() -> set[str]:
    rule_id = hooks.original(ec2, "_sg_rule_id")
    return {
        rule_id(group_id, is_egress, rule)
        for group_id, group in ec2._security_groups.items()
        for is_egress, key in ((False, "IpPermissions"), (True, "IpPermissionsEgress"))
        for rule in group.get(key, [])
    }


OURS: dict[str, Callable[[], Tagged]] = {
    "states": _states,
    "firehose": _firehose,
    "logs": _logs,
    "elasticmapreduce": _emr,
    "emr-serverless": _emr_serverless,
    "cloudwatch": _cloudwatch,
    "ec2": _ec2,
}


class CollectError(RuntimeError):
    """One service's tags could not be read; the message names it."""


def _all(services: set[str]) -> list[tuple[str, Tags]]:
    """Every tagged resource of `services` (of all, when empty); untagged ones are not shown on AWS."""
    found: dict[str, Tags] = {}
    for service, collect in tagging._COLLECTORS.items():
        if not services or service in services:
            try:
                found.update(collect())
            except Exception as error:
                raise CollectError(f"The tags of {service} could not be read: {error!r}") from error
    return [(arn, tags) for arn, tags in found.items() if tags]


def _get_resources(data: dict[str, Any]) -> Any:
    types, size = data.get("ResourceTypeFilters") or [], data.get("ResourcesPerPage", LARGEST_PAGE)
    arns = set(data.get("ResourceARNList") or [])
    if arns and set(data) - {"ResourceARNList"}:
        return tagging._invalid_parameter("ResourceARNList cannot be combined with filters or paging.")
    if not 1 <= size <= LARGEST_PAGE:
        return tagging._invalid_parameter(f"ResourcesPerPage must be from 1 to {LARGEST_PAGE}, not {size}.")
    found = {
        arn: tags
        for arn, tags in _all({kind.split(":")[0] for kind in types})
        if (not arns or arn in arns)
        and (not types or any(_is_type(arn, kind) for kind in types))
        and tagging._matches_tag_filters(tags, data.get("TagFilters") or [])
    }
    try:
        listed, token = page(found, str, data.get("PaginationToken"), size)
    except InvalidToken:
        return tagging._invalid_parameter("PaginationToken was not given by this operation.")
    mappings = [{"ResourceARN": arn, "Tags": found[arn]} for arn in listed]
    return tagging._json({"ResourceTagMappingList": mappings, "PaginationToken": token or ""})


def _is_type(arn: str, kind: str) -> bool:
    """Whether `kind`, like "ec2:vpc" or "s3", is the type of `arn`."""
    service, _, resource_type = kind.partition(":")
    _, _, arn_service, _, _, resource = arn.split(":", 5)
    own_type = resource.lstrip("/").split("/")[0].split(":")[0]
    return service == arn_service and resource_type.strip("/") in ("", own_type)


def _failing_loudly(act: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def handle(data: dict[str, Any]) -> Any:
        try:
            return act(data)
        except CollectError as error:
            return error_response_json("InternalServiceException", str(error), 500, message_key="Message")

    return handle


def install() -> None:
    hooks.original(tagging, "_COLLECTORS").update(OURS)
    # aws:ResourceTag conditions look here.
    hooks.original(tagging, "_RESOURCE_TAG_COLLECTORS").update(OURS)
    handlers = hooks.original(tagging, "_HANDLERS")
    handlers["GetResources"] = _failing_loudly(_get_resources)
    for unused in ("GetTagKeys", "GetTagValues"):  # MiniStack's skip a service in silence
        del handlers[unused]

"""Instance fleets and groups: what a request may ask for, and the instances that come of it."""

from __future__ import annotations

import math
import re
import secrets
import time
from typing import Any

from emulator import instance_types
from emulator.emr.errors import invalid
from emulator.emr.store import Record, new_id
from emulator.models import ApiError, Params

MOST_TYPES = 5
MOST_TYPES_WITH_STRATEGY = 30
"""Instance types in a fleet, without and with an allocation strategy."""
SIZE_FACTORS = {"medium": 2, "large": 4, "xlarge": 8}
"""Normalized instance hours of one hour of an instance; "Nxlarge" is N times xlarge."""


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def check(instances: Params) -> None:
    """ApiError ValidationException unless there is exactly one master, and groups or fleets but not both."""
    fleets, groups = instances.get("InstanceFleets"), instances.get("InstanceGroups")
    simple = instances.get("MasterInstanceType")
    if sum(map(bool, (fleets, groups, simple))) != 1:
        raise _invalid("Please specify one of InstanceFleets, InstanceGroups, or MasterInstanceType and InstanceCount.")
    kinds = [f["InstanceFleetType"] for f in fleets or ()] + [g["InstanceRole"] for g in groups or ()]
    if kinds and (kinds.count("MASTER") != 1 or kinds.count("CORE") > 1):
        raise _invalid(f"A cluster has exactly one MASTER and at most one CORE fleet or group, not {', '.join(kinds)}.")
    for fleet in fleets or ():
        _check_fleet(fleet)
    for group in groups or ():
        if group["InstanceCount"] < 1 or (group["InstanceRole"] == "MASTER" and group["InstanceCount"] not in (1, 3)):
            raise _invalid(f"InstanceCount {group['InstanceCount']} is not valid for {group['InstanceRole']}.")


def _check_fleet(fleet: Params) -> None:
    kind, types = fleet["InstanceFleetType"], fleet.get("InstanceTypeConfigs") or []
    target = fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0)
    strategic = any("AllocationStrategy" in each for each in fleet.get("LaunchSpecifications", {}).values())
    most = MOST_TYPES_WITH_STRATEGY if strategic else MOST_TYPES
    if not 1 <= len(types) <= most:
        raise _invalid(f"The {kind} fleet needs 1 to {most} InstanceTypeConfigs, not {len(types)}.")
    if target < 1 or (kind == "MASTER" and target != 1):
        wanted = "exactly 1" if kind == "MASTER" else "at least 1"
        raise _invalid(f"The target capacity of the {kind} fleet is {target}; it has to be {wanted}.")


def build(instances: Params) -> Params:
    """InstanceCollectionType and the records of fleets or groups, all provisioning."""
    if fleets := instances.get("InstanceFleets"):
        return {"InstanceCollectionType": "INSTANCE_FLEET", "collections": [_fleet(fleet) for fleet in fleets]}
    groups = instances.get("InstanceGroups") or _simple(instances)
    return {"InstanceCollectionType": "INSTANCE_GROUP", "collections": [_group(group) for group in groups]}


def _simple(instances: Params) -> list[Params]:
    master, count = instances["MasterInstanceType"], instances.get("InstanceCount", 1)
    groups = [{"InstanceRole": "MASTER", "InstanceType": master, "InstanceCount": 1}]
    if count > 1:
        worker = instances.get("SlaveInstanceType", master)
        groups.append({"InstanceRole": "CORE", "InstanceType": worker, "InstanceCount": count - 1})
    return groups


def _status(state: str) -> Params:
    return {"State": state, "StateChangeReason": {}, "Timeline": {"CreationDateTime": time.time()}}


def _fleet(fleet: Params) -> Record:
    types = [{"WeightedCapacity": 1, **config} for config in fleet["InstanceTypeConfigs"]]
    for config in types:
        ebs = config.pop("EbsConfiguration", {})
        config["EbsOptimized"] = ebs.get("EbsOptimized", False)
        config["EbsBlockDevices"] = ebs.get("EbsBlockDeviceConfigs", [])
    kept = {key: value for key, value in fleet.items() if key != "InstanceTypeConfigs"}
    return {
        "Name": "",
        "TargetOnDemandCapacity": 0,
        "TargetSpotCapacity": 0,
        **kept,
        "Id": new_id("if"),
        "ProvisionedOnDemandCapacity": 0,
        "ProvisionedSpotCapacity": 0,
        "InstanceTypeSpecifications": types,
        "Status": _status("PROVISIONING"),
    }


def _group(group: Params) -> Record:
    return {
        "Name": "",
        "Market": "ON_DEMAND",
        **group,
        "Id": new_id("ig"),
        "InstanceGroupType": group["InstanceRole"],
        "RequestedInstanceCount": group["InstanceCount"],
        "RunningInstanceCount": 0,
        "Status": _status("PROVISIONING"),
    }


def launch(cluster: Record) -> None:
    """Give every fleet and group its instances, in the state BOOTSTRAPPING."""
    for collection in cluster["collections"]:
        is_fleet = "InstanceFleetType" in collection
        key = "InstanceFleetId" if is_fleet else "InstanceGroupId"
        for market, instance_type in _wanted(collection):
            host = f"ip-10-0-{secrets.randbelow(256)}-{secrets.randbelow(250) + 4}"
            instance = {
                "Id": new_id("ci"),
                "Ec2InstanceId": f"i-{secrets.token_hex(9)[:17]}",
                "PrivateDnsName": f"{host}.ec2.internal",
                "PrivateIpAddress": host[3:].replace("-", "."),
                "PublicDnsName": "",
                key: collection["Id"],
                "Market": market,
                "InstanceType": instance_type,
                "kind": collection["InstanceFleetType" if is_fleet else "InstanceGroupType"],
                "Status": _status("BOOTSTRAPPING"),
            }
            cluster["instances"].append(instance)
            if instance["kind"] == "MASTER":
                cluster["MasterPublicDnsName"] = instance["PrivateDnsName"]


def check_offered(cluster: Record, zone: str) -> None:
    """LaunchError unless `zone` offers every instance type that a fleet or group names.

    AWS documents the error for groups; that a fleet with one type that is not offered fails too is the strict reading.
    """
    for collection in cluster["collections"]:
        for named in collection.get("InstanceTypeSpecifications", [collection]):
            if not instance_types.offered(named["InstanceType"], zone):
                wanted = f"The requested instance type {named['InstanceType']}"
                raise invalid(f"{wanted} is not supported in the requested availability zone {zone}.")


def wants_spot(cluster: Record) -> bool:
    """Whether any instance is to be a Spot instance."""
    return any(market == "SPOT" for collection in cluster["collections"] for market, _ in _wanted(collection))


def _wanted(collection: Record) -> list[tuple[str, Any]]:
    """(market, instance type) of each instance; a fleet takes the first type it names, weighed by its capacity."""
    if "InstanceFleetType" not in collection:
        return [(collection["Market"], collection["InstanceType"])] * collection["RequestedInstanceCount"]
    first = collection["InstanceTypeSpecifications"][0]
    wanted = []
    for market, key in (("ON_DEMAND", "TargetOnDemandCapacity"), ("SPOT", "TargetSpotCapacity")):
        wanted += [(market, first["InstanceType"])] * math.ceil(collection[key] / first["WeightedCapacity"])
    return wanted


def move(cluster: Record, state: str) -> None:
    """All fleets, groups and instances to RUNNING or TERMINATED."""
    code = {"Code": "CLUSTER_TERMINATED", "Message": "Job flow terminated"} if state == "TERMINATED" else {}
    ended = {"EndDateTime": time.time()} if state == "TERMINATED" else {"ReadyDateTime": time.time()}
    for record in (*cluster["collections"], *cluster["instances"]):
        record["Status"].update(State=state, StateChangeReason=code)
        record["Status"]["Timeline"].update(ended)
    up = state == "RUNNING"
    for collection in cluster["collections"]:
        if "InstanceFleetType" in collection:
            for market in ("OnDemand", "Spot"):
                collection[f"Provisioned{market}Capacity"] = collection[f"Target{market}Capacity"] if up else 0
        else:
            collection["RunningInstanceCount"] = collection["RequestedInstanceCount"] if up else 0


def normalized_hours(cluster: Record) -> int:
    """Started hours of all instances since they were ready, weighed by size."""
    timeline = cluster["Status"]["Timeline"]
    if "ReadyDateTime" not in timeline:
        return 0
    hours: int = math.ceil((timeline.get("EndDateTime", time.time()) - timeline["ReadyDateTime"]) / 3600)
    return hours * sum(_factor(instance["InstanceType"]) for instance in cluster["instances"])


def _factor(instance_type: str) -> int:
    size = instance_type.rpartition(".")[2]
    multiple = re.fullmatch(r"(\d+)xlarge", size)
    return 8 * int(multiple[1]) if multiple else SIZE_FACTORS.get(size, 1)

"""Instance fleets: what a request may ask for, and the instances that come of it."""

from __future__ import annotations

import math
import secrets
import time

from emulator import instance_types
from emulator.emr.errors import invalid
from emulator.emr.store import Record, new_id, new_status
from emulator.models import ApiError, Params

MOST_TYPES = 5
MOST_TYPES_WITH_STRATEGY = 30
"""Instance types in a fleet, without and with an allocation strategy."""


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)


def check(instances: Params) -> None:
    """ApiError ValidationException unless there is exactly one master, and at most one core fleet."""
    kinds = [fleet["InstanceFleetType"] for fleet in instances.get("InstanceFleets") or ()]
    if kinds.count("MASTER") != 1 or kinds.count("CORE") > 1:
        raise _invalid(f"A cluster has one MASTER and at most one CORE fleet, not {', '.join(kinds) or 'none'}.")
    for fleet in instances["InstanceFleets"]:
        _check_fleet(fleet)


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
    """InstanceCollectionType and the records of the fleets, which no operation here shows."""
    return {"InstanceCollectionType": "INSTANCE_FLEET", "fleets": [_fleet(f) for f in instances["InstanceFleets"]]}


def _fleet(fleet: Params) -> Record:
    types = [{"WeightedCapacity": 1, **config} for config in fleet["InstanceTypeConfigs"]]
    return {
        "TargetOnDemandCapacity": 0,
        "TargetSpotCapacity": 0,
        **fleet,
        "InstanceTypeConfigs": types,
        "Id": new_id("if"),
    }


def launch(cluster: Record) -> None:
    """Give every fleet its instances, in the state BOOTSTRAPPING."""
    for fleet in cluster["fleets"]:
        for market, instance_type in _wanted(fleet):
            instance = {
                "Id": new_id("ci"),
                "Ec2InstanceId": f"i-{secrets.token_hex(9)[:17]}",
                "InstanceFleetId": fleet["Id"],
                "Market": market,
                "InstanceType": instance_type,
                "kind": fleet["InstanceFleetType"],
                "Status": new_status("BOOTSTRAPPING"),
            }
            cluster["instances"].append(instance)


def not_offered(cluster: Record, zone: str) -> list[str]:
    """The instance types of the fleets that `zone` does not offer."""
    named = [types["InstanceType"] for fleet in cluster["fleets"] for types in fleet["InstanceTypeConfigs"]]
    return [name for name in dict.fromkeys(named) if not instance_types.offered(name, zone)]


def check_offered(cluster: Record, zone: str) -> None:
    """LaunchError unless `zone` offers every instance type that a fleet names.

    AWS documents the error for instance groups; that a fleet with one type that is not offered fails too is the strict
    reading.
    """
    if missing := not_offered(cluster, zone):
        wanted = f"The requested instance type {missing[0]}"
        raise invalid(f"{wanted} is not supported in the requested availability zone {zone}.")


def wants_spot(cluster: Record) -> bool:
    """Whether any instance is to be a Spot instance."""
    return any(fleet["TargetSpotCapacity"] > 0 for fleet in cluster["fleets"])


def _wanted(fleet: Record) -> list[tuple[str, str]]:
    """(market, instance type) of each instance: the first type that the fleet names, weighed by its capacity."""
    first = fleet["InstanceTypeConfigs"][0]
    wanted: list[tuple[str, str]] = []
    for market, key in (("ON_DEMAND", "TargetOnDemandCapacity"), ("SPOT", "TargetSpotCapacity")):
        wanted += [(market, first["InstanceType"])] * math.ceil(fleet[key] / first["WeightedCapacity"])
    return wanted


def move(cluster: Record, state: str) -> None:
    """All instances to RUNNING or TERMINATED."""
    code = {"Code": "CLUSTER_TERMINATED", "Message": "Job flow terminated"} if state == "TERMINATED" else {}
    ended = {"EndDateTime": time.time()} if state == "TERMINATED" else {"ReadyDateTime": time.time()}
    for instance in cluster["instances"]:
        instance["Status"].update(State=state, StateChangeReason=code)
        instance["Status"]["Timeline"].update(ended)

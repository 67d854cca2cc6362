"""Instance fleets: checks of a request, and the cluster's instances."""

import math
import secrets
import time
from collections.abc import Iterator

from emulator import ec2_api
from emulator.emr.store import Record, new_id, new_status
from emulator.models import Json

MAX_TYPES = 5
MAX_TYPES_WITH_STRATEGY = 30
"""Maximum number of instance types in a fleet, without and with an allocation strategy."""
MARKETS = {"ON_DEMAND": "TargetOnDemandCapacity", "SPOT": "TargetSpotCapacity"}


class LaunchError(Exception):
    """The cluster terminates with errors: Code and Message of its StateChangeReason."""

    def __init__(self, message: str, code: str = "VALIDATION_ERROR") -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def problems(fleets: list[Json]) -> Iterator[str]:
    """Problems of the fleets of a request."""
    kinds = [fleet["InstanceFleetType"] for fleet in fleets]
    if kinds.count("MASTER") != 1 or kinds.count("CORE") > 1:
        yield f"A cluster has one MASTER and at most one CORE fleet, not {', '.join(kinds) or 'none'}."
    for fleet in fleets:
        kind, types = fleet["InstanceFleetType"], fleet.get("InstanceTypeConfigs") or []
        specifications = fleet.get("LaunchSpecifications", {}).values()
        most = MAX_TYPES_WITH_STRATEGY if any("AllocationStrategy" in one for one in specifications) else MAX_TYPES
        if not 1 <= len(types) <= most:
            yield f"The {kind} fleet needs 1 to {most} InstanceTypeConfigs, not {len(types)}."
        target = sum(fleet.get(capacity, 0) for capacity in MARKETS.values())
        if target < 1 or (kind == "MASTER" and target != 1):
            wanted = "exactly 1" if kind == "MASTER" else "at least 1"
            yield f"The target capacity of the {kind} fleet is {target}; it must be {wanted}."


def launch(cluster: Record) -> None:
    """Add the instances of every fleet, of its first type, in the state BOOTSTRAPPING."""
    for fleet in cluster["fleets"]:
        first = fleet["InstanceTypeConfigs"][0]
        for market, capacity in MARKETS.items():
            for _ in range(math.ceil(fleet.get(capacity, 0) / first.get("WeightedCapacity", 1))):
                instance = {
                    "Id": new_id("ci"),
                    "Ec2InstanceId": f"i-{secrets.token_hex(9)[:17]}",
                    "Market": market,
                    "InstanceType": first["InstanceType"],
                    "Status": new_status("BOOTSTRAPPING"),
                }
                cluster["instances"].append(instance)
                if fleet["InstanceFleetType"] == "MASTER":
                    cluster["master"] = instance["Ec2InstanceId"]


def not_offered(cluster: Record, zone: str) -> list[str]:
    """The instance types of the fleets that `zone` does not offer."""
    named = [types["InstanceType"] for fleet in cluster["fleets"] for types in fleet["InstanceTypeConfigs"]]
    return [name for name in dict.fromkeys(named) if not ec2_api.offered(name, zone)]


def wants_spot(cluster: Record) -> bool:
    return any(fleet.get(MARKETS["SPOT"], 0) > 0 for fleet in cluster["fleets"])


def move(cluster: Record, state: str) -> None:
    """Change the state of all instances to RUNNING or TERMINATED."""
    code = {"Code": "CLUSTER_TERMINATED", "Message": "Job flow terminated"} if state == "TERMINATED" else {}
    for instance in cluster["instances"]:
        instance["Status"].update(State=state, StateChangeReason=code)
        timeline = instance["Status"]["Timeline"]
        timeline["EndDateTime" if state == "TERMINATED" else "ReadyDateTime"] = time.time()

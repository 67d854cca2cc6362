"""Records of clusters in the format of DescribeCluster, with additional data in lower-case keys."""

import secrets
import string
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from emulator.models import invalid

Record = dict[str, Any]
INTERRUPTED = "The emulator was stopped while this cluster was running; its instances were terminated."
ENDED = frozenset({"TERMINATED", "TERMINATED_WITH_ERRORS"})
CLOSING = ENDED | {"TERMINATING"}
STEP_ENDED = frozenset({"COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"})

clusters = AccountRegionScopedDict()
configurations = AccountRegionScopedDict()
"""Security configurations by name."""
lock = threading.RLock()


def arn(cluster_id: str) -> str:
    return f"arn:aws:elasticmapreduce:{get_region()}:{get_account_id()}:cluster/{cluster_id}"


def new_id(prefix: str, length: int = 13) -> str:
    """An id in AWS's format: j- (cluster), s- (step) or ci- (instance) and 13 characters, es- (studio) and 25."""
    return f"{prefix}-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(length))


def new_status(state: str) -> Record:
    return {"State": state, "StateChangeReason": {}, "Timeline": {"CreationDateTime": time.time()}}


def cluster(cluster_id: str) -> Record:
    """The cluster, also after its end. ApiError InvalidRequestException when it does not exist."""
    found: Record | None = clusters.get(cluster_id)
    if found is None:
        raise invalid(f"Cluster id '{cluster_id}' is not valid.", "InvalidRequestException")
    return found


def job_flow(cluster_id: str) -> Record:
    """`cluster` for older operations, with ApiError ValidationException."""
    found: Record | None = clusters.get(cluster_id)
    if found is None:
        raise invalid("Specified job flow ID does not exist.")
    return found


def open_job_flow(cluster_id: str) -> Record:
    """`job_flow`. ApiError when it is terminating or has ended."""
    found = job_flow(cluster_id)
    if state(found) in CLOSING:
        raise invalid("A job flow that is shutting down, terminated, or finished may not be modified.")
    return found


def state(record: Record) -> str:
    """The state of a cluster or a step."""
    return str(record["Status"]["State"])


def applications(record: Record) -> set[str]:
    """The names of the cluster's applications, in lower case."""
    return {application["Name"].lower() for application in record["Applications"]}


def tags(record: Record) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in record["Tags"]}


def condition_keys(requested: list[dict[str, str]], resource_arn: str = "") -> dict[str, str]:
    """The tags of a request and of its cluster as IAM condition keys, each with two prefixes."""
    found = clusters.get(resource_arn.rsplit("/", 1)[-1])
    given = {"RequestTag": tags({"Tags": requested}), "ResourceTag": tags(found) if found else {}}
    return {
        f"{prefix}:{kind}/{key}": value
        for prefix in ("aws", "elasticmapreduce")
        for kind, pairs in given.items()
        for key, value in pairs.items()
    }


def repair(store: str, record: Record) -> None:
    """End a cluster that was running when the emulator stopped; its running steps have failed."""
    if store != "clusters" or state(record) in ENDED:
        return
    now = time.time()
    for step in record["steps"]:
        if state(step) not in STEP_ENDED:
            ran = state(step) != "PENDING"
            step["Status"]["State"] = "FAILED" if ran else "CANCELLED"
            step["Status"]["Timeline"]["EndDateTime"] = now
            if ran:
                step["Status"]["FailureDetails"] = {"Reason": "Unknown Error.", "Message": INTERRUPTED}
    reason = {"Code": "INSTANCE_FAILURE", "Message": INTERRUPTED}
    record["Status"].update(State="TERMINATED_WITH_ERRORS", StateChangeReason=reason)
    record["Status"]["Timeline"]["EndDateTime"] = now

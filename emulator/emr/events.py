"""State changes on the default event bus, in the shape AWS documents for aws.emr."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import eventbridge

from emulator.emr.store import Record

CLUSTER_MESSAGES = {
    "STARTING": "Amazon EMR cluster {cluster} was requested at {now} and is being created.",
    "RUNNING": "Amazon EMR cluster {cluster} began running steps at {now}.",
    "WAITING": "Amazon EMR cluster {cluster} finished running all pending steps at {now}.",
    "TERMINATED": "Amazon EMR Cluster {cluster} has terminated at {now} with a reason of {code}.",
    "TERMINATED_WITH_ERRORS": (
        "Amazon EMR Cluster {cluster} has terminated with errors at {now} with a reason of {code}."
    ),
}
"""The states AWS sends an event for."""
STEP_MESSAGES = {
    "PENDING": "Step {step} was added to Amazon EMR cluster {cluster} at {now} and is pending execution.",
    "RUNNING": "Step {step} in Amazon EMR cluster {cluster} started running at {now}.",
    "COMPLETED": "Step {step} in Amazon EMR cluster {cluster} completed execution at {now}.",
    "CANCELLED": "Step {step} in Amazon EMR cluster {cluster} was cancelled at {now}.",
    "FAILED": "Step {step} in Amazon EMR cluster {cluster} failed at {now}.",
}
SEVERITIES = {"TERMINATED_WITH_ERRORS": "CRITICAL", "FAILED": "ERROR", "CANCELLED": "WARN"}


def cluster_changed(cluster: Record) -> None:
    state, reason = cluster["Status"]["State"], cluster["Status"]["StateChangeReason"]
    if state not in CLUSTER_MESSAGES:
        return
    lower = {"code": reason.get("Code", ""), **({"message": reason["Message"]} if reason.get("Message") else {})}
    message = CLUSTER_MESSAGES[state].format(cluster=_named(cluster), now=_now(), code=lower["code"])
    detail = {"stateChangeReason": json.dumps(lower, separators=(",", ":")), "name": cluster["Name"]}
    _put("EMR Cluster State Change", cluster, state, {**detail, "message": message})


def step_changed(cluster: Record, step: Record) -> None:
    state = step["Status"]["State"]
    if state not in STEP_MESSAGES:
        return
    message = STEP_MESSAGES[state].format(step=_named(step), cluster=_named(cluster), now=_now())
    detail = {"actionOnFailure": step["ActionOnFailure"], "stepId": step["Id"], "name": step["Name"]}
    _put("EMR Step Status Change", cluster, state, {**detail, "message": message})


def _put(detail_type: str, cluster: Record, state: str, detail: dict[str, Any]) -> None:
    detail = {"severity": SEVERITIES.get(state, "INFO"), "clusterId": cluster["Id"], "state": state, **detail}
    entry = {"Source": "aws.emr", "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": []}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _named(record: Record) -> str:
    return f"{record['Id']} ({record['Name']})"


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())

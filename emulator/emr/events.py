"""State change events of aws.emr on the default event bus; their messages differ from AWS's."""

import json
from typing import Any

from ministack.services import eventbridge

from emulator.emr.store import Record

REPORTED = {
    "EMR Cluster State Change": ("STARTING", "RUNNING", "WAITING", "TERMINATED", "TERMINATED_WITH_ERRORS"),
    "EMR Step Status Change": ("PENDING", "RUNNING", "COMPLETED", "CANCELLED", "FAILED"),
}
"""The states with an event."""
SEVERITIES = {"TERMINATED_WITH_ERRORS": "CRITICAL", "FAILED": "ERROR", "CANCELLED": "WARN"}


def cluster_changed(cluster: Record) -> None:
    reason = cluster["Status"]["StateChangeReason"]
    lower = {"code": reason.get("Code", ""), **({"message": reason["Message"]} if reason.get("Message") else {})}
    detail = {"stateChangeReason": json.dumps(lower, separators=(",", ":"))}
    _put("EMR Cluster State Change", cluster, cluster, detail)


def step_changed(cluster: Record, step: Record) -> None:
    detail = {"actionOnFailure": step["ActionOnFailure"], "stepId": step["Id"]}
    _put("EMR Step Status Change", cluster, step, detail)


def _put(detail_type: str, cluster: Record, changed: Record, more: dict[str, Any]) -> None:
    state = changed["Status"]["State"]
    if state not in REPORTED[detail_type]:
        return
    detail = {
        "severity": SEVERITIES.get(state, "INFO"),
        "clusterId": cluster["Id"],
        "state": state,
        "name": changed["Name"],
        **more,
        "message": f"{changed['Id']} ({changed['Name']}) is {state}.",
    }
    entry = {"Source": "aws.emr", "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": []}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

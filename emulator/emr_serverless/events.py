"""State changes on the default event bus, in the shape AWS documents for aws.emr-serverless."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from ministack.services import eventbridge


def application_changed(application: dict[str, Any], previous: str | None) -> None:
    stop = application["autoStopConfiguration"]
    _put(
        "EMR Serverless Application State Change",
        {
            "applicationId": application["applicationId"],
            "applicationName": application.get("name"),
            "arn": application["arn"],
            "releaseLabel": application["releaseLabel"],
            "state": application["state"],
            "type": application["type"],
            "createdAt": _time(application["createdAt"]),
            "updatedAt": _time(application["updatedAt"]),
            "autoStartConfig": {"enabled": application["autoStartConfiguration"]["enabled"]},
            "autoStopConfig": {"enabled": stop["enabled"], "idleTimeout": stop["idleTimeoutMinutes"]},
        },
        previous,
    )


def job_run_changed(run: dict[str, Any], previous: str | None) -> None:
    copied = ("jobRunId", "applicationId", "arn", "releaseLabel", "state", "createdBy")
    times = {"updatedAt": _time(run["updatedAt"]), "createdAt": _time(run["createdAt"])}
    name = {"jobRunName": run["name"]} if run.get("name") else {}
    _put("EMR Serverless Job Run State Change", {**{key: run[key] for key in copied}, **name, **times}, previous)


def _put(detail_type: str, detail: dict[str, Any], previous: str | None) -> None:
    if previous is not None:
        detail["previousState"] = previous
    entry = {"Source": "aws.emr-serverless", "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": []}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""The EMR Serverless API, with requests and answers by AWS's model."""

import shutil
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from emulator import added_service, authorization, models, persistence
from emulator.emr_serverless import applications, execution, job_runs, store
from emulator.encryption_keys import EXCHANGE
from emulator.linked_roles import Require
from emulator.models import ApiError, Json, Operation, invalid, members
from emulator.paging import page

SERVICE = "emr-serverless"
PRINCIPAL = "emr-serverless.amazonaws.com"


def _tag(resource: str, tags: dict[str, str], require: Require) -> None:
    """Check the caller's permission for the tags of a new resource."""
    if tags:
        require("emr-serverless:TagResource", resource, {f"aws:RequestTag/{key}": tags[key] for key in tags})


def _create_application(params: Json, require: Require, _: str) -> Json:
    _tag(resource_of("/applications"), params.get("tags", {}), require)
    return applications.create(params)


def _start_job_run(params: Json, require: Require, created_by: str) -> Json:
    require("iam:PassRole", params["executionRoleArn"], {"iam:PassedToService": PRINCIPAL})
    _tag(store.arn(params["applicationId"]), params.get("tags", {}), require)
    if key := execution.s3_logging(params).get("encryptionKeyArn"):
        for action in EXCHANGE:
            require(action, key, {})
    return job_runs.start(params, created_by, execution.execute)


def _list_job_runs(params: Json, *_: Any) -> Json:
    store.application(params["applicationId"])
    after = params.get("createdAtAfter")
    found = store.job_runs_of(params["applicationId"])
    recent = [run for run in found if after is None or run["createdAt"] >= after.timestamp()]
    return _page("jobRuns", "jobRunId", recent, params)


def _page(key: str, id_member: str, found: list[store.Record], params: Json) -> Json:
    """A page of the records in the requested states, newest first; in lists, ids are in the member `id`."""
    token, size, states = params.get("nextToken"), params.get("maxResults", 50), params.get("states")
    wanted = [{**record, "id": record[id_member]} for record in found if not states or record["state"] in states]
    rejection = invalid(f"nextToken {token!r} is invalid.")
    listed, following = page(wanted, lambda record: str(record["arn"]), token, size, rejection, descending=True)
    return {key: listed, "nextToken": following}


def _tags(params: Json) -> dict[str, str]:
    for record in (*store.applications.values(), *store.job_runs.values()):
        if record["arn"] == params["resourceArn"]:
            found: dict[str, str] = record["tags"]
            return found
    raise ApiError("ResourceNotFoundException", f"Resource {params['resourceArn']} does not exist", 404)


def _untag(params: Json, *_: Any) -> None:
    tags = _tags(params)
    for key in params["tagKeys"]:
        tags.pop(key, None)


APPLICATION = members(
    "name type releaseLabel architecture clientToken tags maximumCapacity autoStopConfiguration",
    autoStartConfiguration=members("", enabled=(True,)),
)
JOB_RUN = members(
    "applicationId clientToken executionRoleArn executionTimeoutMinutes name tags",
    jobDriver=members("sparkSubmit"),
    configurationOverrides=members(
        "",
        monitoringConfiguration=members(
            "s3MonitoringConfiguration", managedPersistenceMonitoringConfiguration=members("", enabled=(False,))
        ),
    ),
)
OPERATIONS = {
    "CreateApplication": Operation(_create_application, APPLICATION),
    "GetApplication": Operation(lambda p, *_: {"application": store.application(p["applicationId"])}),
    "ListApplications": Operation(
        lambda p, *_: _page("applications", "applicationId", list(store.applications.values()), p)
    ),
    "UpdateApplication": Operation(
        lambda p, *_: {"application": applications.update(p)}, APPLICATION | members("applicationId")
    ),
    "DeleteApplication": Operation(lambda p, *_: applications.delete(p["applicationId"])),
    "StartApplication": Operation(lambda p, *_: applications.start(p["applicationId"])),
    "StopApplication": Operation(lambda p, *_: applications.stop(p["applicationId"])),
    "StartJobRun": Operation(_start_job_run, JOB_RUN),
    "GetJobRun": Operation(lambda p, *_: {"jobRun": store.job_run(p["applicationId"], p["jobRunId"])}),
    "ListJobRuns": Operation(_list_job_runs, members("applicationId states createdAtAfter maxResults nextToken")),
    "CancelJobRun": Operation(
        lambda p, *_: job_runs.cancel(p["applicationId"], p["jobRunId"]), members("applicationId jobRunId")
    ),
    "TagResource": Operation(lambda p, *_: _tags(p).update(p["tags"])),
    "UntagResource": Operation(_untag),
    "ListTagsForResource": Operation(lambda p, *_: {"tags": _tags(p)}),
}


def resource_of(path: str) -> str:
    """The ARN for IAM of a request to `path`."""
    parts = path.strip("/").split("/")
    if parts[0] == "tags":
        return path.strip("/").removeprefix("tags/")
    if len(parts) > 1:
        return store.arn(parts[1], parts[3] if len(parts) > 3 and parts[2] == "jobruns" else None)
    return f"arn:aws:emr-serverless:{get_region()}:{get_account_id()}:/*"


def _serve(name: str, params: Json, require: Require) -> Json:
    return models.call(SERVICE, OPERATIONS, name, params, require, iam_evaluator.caller_arn())


def install() -> None:
    added_service.add(SERVICE, _serve)
    authorization.RESOURCES[SERVICE] = lambda _, path, *__: resource_of(path)
    kept = {"applications": store.applications, "jobRuns": store.job_runs}
    persistence.register_stores("emr-serverless", kept, store.repair, store.lock)
    shutil.rmtree(execution.work_folder(), ignore_errors=True)

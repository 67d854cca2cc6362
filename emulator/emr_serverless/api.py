"""The EMR Serverless API: each operation, its request checked and its answer shaped by AWS's model."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region

from emulator import added_service, hooks, lifecycle, models, persistence
from emulator.emr_serverless import applications, execution, job_runs, store
from emulator.linked_roles import Require
from emulator.models import ApiError, Params
from emulator.paging.page import InvalidToken, page

SERVICE = "emr-serverless"
PRINCIPAL = "emr-serverless.amazonaws.com"


def call(name: str, params: Params, created_by: str) -> Any:
    """The answer of operation `name`, in the model's own member names, for a request that was allowed."""
    operation = models.service_model(SERVICE).operation_model(name)
    models.check(operation, params)
    act = _OPERATIONS.get(name)
    if act is None:
        raise ApiError("InternalServerException", f"The local AWS does not support {name} of EMR Serverless.", 500)
    return act(params, created_by) or {}


def _start_job_run(params: Params, created_by: str) -> Any:
    return job_runs.start(params, created_by, execution.execute)


def _cancel(params: Params, _: str) -> Any:
    grace = params.get("shutdownGracePeriodInSeconds", execution.CANCEL_GRACE_SECONDS)
    return job_runs.cancel(params["applicationId"], params["jobRunId"], grace)


def _list_applications(params: Params, _: str) -> Any:
    found = [{**a, "id": a["applicationId"]} for a in store.applications.values()]
    return _page("applications", found, params)


def _list_job_runs(params: Params, _: str) -> Any:
    store.application(params["applicationId"])
    models.supported("ListJobRuns", params, ("applicationId", "states", "createdAtAfter", "maxResults", "nextToken"))
    after = params.get("createdAtAfter")
    found = [
        {**run, "id": run["jobRunId"]}
        for run in store.job_runs.values()
        if run["applicationId"] == params["applicationId"] and (after is None or run["createdAt"] >= after.timestamp())
    ]
    return _page("jobRuns", found, params)


def _page(key: str, found: list[store.Record], params: Params) -> Params:
    """Those in the states that are asked for, the newest first."""
    token, size, states = params.get("nextToken"), params.get("maxResults", 50), params.get("states")
    wanted = [record for record in found if not states or record["state"] in states]
    try:
        listed, following = page(wanted, lambda record: str(record["arn"]), token, size, descending=True)
    except InvalidToken:
        raise ApiError("ValidationException", f"nextToken {token!r} was not given by this operation.") from None
    return {key: listed, "nextToken": following}


def _tagged(arn: str) -> store.Record:
    for record in (*store.applications.values(), *store.job_runs.values()):
        if record["arn"] == arn:
            return store.dict_of(record)
    raise ApiError("ResourceNotFoundException", f"Resource {arn} does not exist", 404)


def _untag(params: Params, _: str) -> Any:
    tags = _tagged(params["resourceArn"])["tags"]
    for key in params["tagKeys"]:
        tags.pop(key, None)
    return {}


_OPERATIONS: dict[str, Callable[[Params, str], Any]] = {
    "CreateApplication": lambda p, _: applications.create(p),
    "GetApplication": lambda p, _: {"application": store.application(p["applicationId"])},
    "ListApplications": _list_applications,
    "UpdateApplication": lambda p, _: {"application": applications.update(p["applicationId"], p)},
    "DeleteApplication": lambda p, _: applications.delete(p["applicationId"]),
    "StartApplication": lambda p, _: applications.start(p["applicationId"]),
    "StopApplication": lambda p, _: applications.stop(p["applicationId"]),
    "StartJobRun": _start_job_run,
    "GetJobRun": lambda p, _: {"jobRun": store.job_run(p["applicationId"], p["jobRunId"])},
    "ListJobRuns": _list_job_runs,
    "CancelJobRun": _cancel,
    "TagResource": lambda p, _: _tagged(p["resourceArn"])["tags"].update(p["tags"]),
    "UntagResource": _untag,
    "ListTagsForResource": lambda p, _: {"tags": _tagged(p["resourceArn"])["tags"]},
}


def resource_of(path: str) -> str:
    """The ARN that IAM checks for a request on `path`."""
    parts = path.strip("/").split("/")
    if parts[0] == "tags":
        return path.strip("/").removeprefix("tags/")
    if len(parts) > 1:
        return store.arn(parts[1], parts[3] if len(parts) > 3 and parts[2] == "jobruns" else None)
    return f"arn:aws:emr-serverless:{get_region()}:{get_account_id()}:/*"


def _serve(name: str, params: Params, require: Require) -> Any:
    """What AWS asks of the caller beyond the operation itself, to pass the role and to tag, and the answer."""
    if name == "StartJobRun" and isinstance(params.get("executionRoleArn"), str):
        require("iam:PassRole", params["executionRoleArn"], {"iam:PassedToService": PRINCIPAL})
    if name in ("StartJobRun", "CreateApplication") and params.get("tags"):
        require("emr-serverless:TagResource", _application(params), {})
    return call(name, params, iam_evaluator.caller_arn())


def _application(params: Params) -> str:
    return store.arn(params["applicationId"]) if "applicationId" in params else resource_of("/applications")


def install() -> None:
    """Serve requests signed for emr-serverless, with IAM checks, saved state, and no process left at the end."""
    added_service.add(SERVICE, added_service.rest_json(SERVICE, _serve))

    def with_arns(extract: Callable[..., str]) -> Callable[..., str]:
        def resource(service: str, method: str, path: str, *rest: Any) -> str:
            return resource_of(path) if service == SERVICE else extract(service, method, path, *rest)

        return resource

    hooks.replace(iam_actions, "extract_resource_arn", with_arns)
    kept = {"applications": store.applications, "jobRuns": store.job_runs}
    persistence.register_stores("emr-serverless", kept, store.repair, store.lock)
    persistence.after_load(_watch_started)
    lifecycle.on_stop(job_runs.interrupt)
    shutil.rmtree(execution.work_folder(), ignore_errors=True)


def _watch_started() -> None:
    """Set the idle clocks of the applications that were started in the last run again."""
    for (account, region, _), application in list(store.applications.all_items()):
        if application["state"] == "STARTED":
            applications.idle_from_now(application)
            store.in_scope(account, region, partial(applications.watch_idle, application))

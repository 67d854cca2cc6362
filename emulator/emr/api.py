"""EMR's API in place of MiniStack's: requests, permissions, errors; EMR Studio has operations on the same address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core import iam_actions
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import json_response
from ministack.services import emr

from emulator import hooks, lifecycle, models, persistence, roles
from emulator.emr import service_policy, steps, store
from emulator.emr.operations import OPERATIONS, RUN, SERVICE, call
from emulator.emr_studio import studios
from emulator.models import ApiError, Params

IAM_SERVICE = "elasticmapreduce"
STUDIO_ID = "es-"
KEPT = ("GetBlockPublicAccessConfiguration", "PutBlockPublicAccessConfiguration")
"""MiniStack's own that are good enough."""


def _parsed(body: bytes) -> Params:
    """The request's parameters; none when it is not JSON: what is required is then missing."""
    try:
        params: Params = json.loads(body or b"{}")
    except ValueError:
        return {}
    return params


def _answer(name: str, headers: Mapping[str, str], query: Mapping[str, Any], body: bytes) -> Any:
    params = _parsed(body)
    require = partial(roles.caller_must, headers, query)
    for other in (params.get("JobFlowIds") or [])[1:]:
        arn = store.arn(other)
        require(f"{IAM_SERVICE}:{name}", arn, store.condition_keys([], arn))
    shape = models.service_model(SERVICE).operation_model(name).output_shape
    return json_response(models.answer(shape, call(name, params, require)) or {})


def _replace(theirs: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        name = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        tags_studio = f'"{STUDIO_ID}'.encode() in body and name in ("AddTags", "RemoveTags")
        is_studio = name.endswith(("Studio", "Studios")) or tags_studio
        if is_studio or name in KEPT:
            return await theirs(method, path, headers, body, query)
        if name not in (*OPERATIONS, RUN):
            raise ApiError("InternalServerException", f"The local AWS does not support {name} of EMR.", 500)
        return await run_reentrant(_answer, name, headers, query, body)

    return handle


def resource_of(name: str, params: Params) -> str:
    """The ARN that IAM checks: RunJobFlow and ListClusters are not about one cluster."""
    listed = (params.get("JobFlowIds") or [None])[0]
    cluster = listed or params.get("ClusterId") or params.get("JobFlowId") or params.get("ResourceId")
    if str(cluster).startswith(STUDIO_ID):
        return studios.arn(str(cluster))
    return "*" if name in (RUN, "ListClusters") or not cluster else store.arn(cluster)


def _with_arns(theirs: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        name = headers.get("x-amz-target", "").rsplit(".", 1)[-1]
        if service == IAM_SERVICE and name in (*OPERATIONS, RUN):
            return resource_of(name, _parsed(body))
        return theirs(service, method, path, headers, body, *rest)

    return resource


def _with_tag_keys(theirs: Callable[..., Params]) -> Callable[..., Params]:
    def keys(service: str, action: str, body: bytes, query: Mapping[str, Any]) -> Params:
        found = theirs(service, action, body, query)
        if service != IAM_SERVICE:
            return found
        params = _parsed(body)
        arn = resource_of(action.rpartition(":")[2], params)
        return {**found, **store.condition_keys(params.get("Tags") or [], arn)}

    return keys


def install() -> None:
    """Serve the operations, before EMR Studio's hooks: those turn an ApiError into the answer."""
    hooks.replace(emr, "handle_request", _replace)
    hooks.replace(iam_actions, "extract_resource_arn", _with_arns)
    hooks.replace(iam_actions, "request_tag_context", _with_tag_keys)
    hooks.original(iam_actions, "_BOTOCORE_SERVICE_MAP")[IAM_SERVICE] = [SERVICE]
    service_policy.install()
    persistence.register("emr-clusters", store.get_state, store.load_state)
    lifecycle.on_stop(steps.interrupt)

"""EMR's API, also for EMR Studio: requests, permissions and errors."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core import iam_actions
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import json_response
from ministack.services import emr

from emulator import authorization, hooks, models, persistence, roles
from emulator.emr import launch, store, studios
from emulator.emr.operations import OPERATIONS, SERVICE
from emulator.json_protocol import action_of, error_response
from emulator.models import ApiError, Json

IAM_SERVICE = "elasticmapreduce"


def _parsed(body: bytes) -> Json:
    """The request's parameters, or none when it is not JSON."""
    try:
        params: Json = json.loads(body or b"{}")
    except ValueError:
        return {}
    return params


async def _handle(
    _: Any, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> Any:
    return await run_reentrant(_answer, headers, query, body)


def _answer(headers: Mapping[str, str], query: Mapping[str, Any], body: bytes) -> Any:
    name, params, require = action_of(headers), _parsed(body), partial(roles.caller_must, headers, query)
    try:
        for other in (params.get("JobFlowIds") or [])[1:]:
            arn = store.arn(other)
            require(f"{IAM_SERVICE}:{name}", arn, store.condition_keys([], arn))
        answer = models.call(SERVICE, OPERATIONS, name, params, require)
    except ApiError as rejected:
        return error_response(rejected)
    return json_response(models.answer(models.service_model(SERVICE).operation_model(name).output_shape, answer) or {})


def resource_of(name: str, params: Json) -> str:
    """The ARN for IAM; RunJobFlow and ListClusters do not have a cluster."""
    listed = (params.get("JobFlowIds") or [None])[0]
    cluster = listed or params.get("ClusterId") or params.get("JobFlowId") or params.get("ResourceId")
    if name.endswith(("Studio", "Studios")) or str(cluster).startswith(studios.PREFIX):
        return studios.arn(params.get("StudioId") or cluster or "*")
    return "*" if name in ("RunJobFlow", "ListClusters") or not cluster else store.arn(cluster)


def _resource(_method: str, _path: str, headers: Mapping[str, str], body: bytes) -> str | None:
    return resource_of(action_of(headers), _parsed(body)) if action_of(headers) in OPERATIONS else None


def _condition_keys(
    theirs: Callable[..., Json], service: str, action: str, body: bytes, query: Mapping[str, Any]
) -> Json:
    found = theirs(service, action, body, query)
    if service != IAM_SERVICE:
        return found
    params = _parsed(body)
    arn = resource_of(action.rpartition(":")[2], params)
    return {**found, **store.condition_keys(params.get("Tags") or [], arn)}


def install() -> None:
    hooks.wrap(emr, "handle_request", _handle)
    hooks.wrap(iam_actions, "request_tag_context", _condition_keys)
    hooks.original(iam_actions, "_BOTOCORE_SERVICE_MAP")[IAM_SERVICE] = [SERVICE]
    authorization.RESOURCES[IAM_SERVICE] = _resource
    launch.install_service_policy()
    kept = {"clusters": store.clusters, "securityConfigurations": store.configurations}
    persistence.register_stores("emr-clusters", kept, store.repair, store.lock)
    persistence.register_stores("emr-studio", {"studios": studios.studios})

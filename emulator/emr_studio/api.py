"""The Studio operations in MiniStack's EMR API, with AWS's model, errors and permission checks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import json_response
from ministack.services import emr

from emulator import hooks, models, persistence, roles
from emulator.emr_studio import studios
from emulator.emr_studio.checks import invalid
from emulator.models import ApiError, Params
from emulator.paging.page import InvalidToken, page

PAGE = 50


def _page(key: str, found: Iterable[Params], identity: Callable[[Params], str], params: Params) -> Params:
    try:
        listed, following = page(found, identity, params.get("Marker"), PAGE)
    except InvalidToken:
        raise invalid("Marker is not valid.") from None
    return {key: listed, "Marker": following}


_OPERATIONS: dict[str, Callable[[Params], Params]] = {
    "CreateStudio": studios.create,
    "DescribeStudio": lambda params: {"Studio": studios.studio(params["StudioId"])},
    "ListStudios": lambda params: _page("Studios", studios.studios.values(), lambda s: s["StudioId"], params),
    "UpdateStudio": studios.update,
    "DeleteStudio": studios.delete,
}


def _handler(name: str) -> Callable[[Params], Any]:
    operation = models.service_model("emr").operation_model(name)

    def handle(params: Params) -> Any:
        models.check(operation, params)
        return json_response(models.answer(operation.output_shape, _OPERATIONS[name](params)))

    return handle


def _tag(theirs: Callable[[Params], Any]) -> Callable[[Params], Any]:
    def tag(params: Params) -> Any:
        if not str(params.get("ResourceId")).startswith("es-"):
            return theirs(params)
        studio = studios.studio(params["ResourceId"])
        changed = {item["Key"]: item for item in params.get("Tags", [])}
        gone = {*changed, *params.get("TagKeys", [])}
        studio["Tags"] = [item for item in studio["Tags"] if item["Key"] not in gone] + list(changed.values())
        return json_response({})

    return tag


def _checked(theirs: Callable[..., Any]) -> Callable[..., Any]:
    async def handle(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]) -> Any:
        try:
            if headers.get("x-amz-target", "").endswith(".CreateStudio"):
                role = json.loads(body or b"{}").get("ServiceRole", "*")
                roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": studios.PRINCIPAL})
            return await theirs(method, path, headers, body, query)
        except ApiError as error:
            answer = {"__type": error.code, "Message": error.message, "message": error.message}
            return error.status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

    return handle


def _with_arns(theirs: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        if service == "elasticmapreduce" and headers.get("x-amz-target", "").rsplit(".", 1)[-1] in _OPERATIONS:
            return studios.arn(json.loads(body or b"{}").get("StudioId", "*"))
        return theirs(service, method, path, headers, body, *rest)

    return resource


def install() -> None:
    handlers = hooks.original(emr, "_HANDLERS")
    handlers.update({name: _handler(name) for name in _OPERATIONS})
    for name in ("AddTags", "RemoveTags"):
        handlers[name] = _tag(handlers[name])
    hooks.replace(emr, "handle_request", _checked)
    hooks.replace(iam_actions, "extract_resource_arn", _with_arns)
    persistence.register("emr-studio", studios.get_state, studios.load_state)

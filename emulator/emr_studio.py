"""EMR Studio on MiniStack's EMR API: studios, session mappings, their tags, and what AWS checks about them."""

from __future__ import annotations

import copy
import json
import secrets
import string
import time
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, json_response
from ministack.services import ec2, emr

from emulator import hooks, models, persistence, roles
from emulator.models import ApiError, Params

PRINCIPAL = "elasticmapreduce.amazonaws.com"
MOST_SUBNETS = 5
studios = AccountRegionScopedDict()
_mappings = AccountRegionScopedDict()
"""(studio, identity type, identity) joined by a space -> session mapping."""


def arn(studio_id: str) -> str:
    return f"arn:aws:elasticmapreduce:{get_region()}:{get_account_id()}:studio/{studio_id}"


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequestException", message)


def _studio(studio_id: str) -> Params:
    found: Params | None = studios.get(studio_id)
    if found is None:
        raise _invalid(f"Studio does not exist. StudioId: {studio_id}")
    return found


def _create(params: Params) -> Params:
    studio_id = "es-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(25))
    _check_name(params["Name"])
    _check_network(params)
    _check_location(params["DefaultS3Location"])
    if params["AuthMode"] == "SSO" and not params.get("UserRole"):
        raise _invalid("UserRole is required when AuthMode is SSO.")
    if not roles.trusts(params["ServiceRole"], PRINCIPAL, arn(studio_id)):
        raise _invalid(
            f"ServiceRole {params['ServiceRole']} does not exist, or its trust policy does not let {PRINCIPAL} "
            "assume it."
        )
    url = f"https://{studio_id}.emrstudio-prod.{get_region()}.amazonaws.com"
    own = {"StudioId": studio_id, "StudioArn": arn(studio_id), "Url": url, "CreationTime": time.time()}
    studios[studio_id] = {"Tags": [], **params, **own}
    return {"StudioId": studio_id, "Url": url}


def _check_name(name: str) -> None:
    if not name.strip():
        raise _invalid("Name must not be blank.")


def _check_location(location: str) -> None:
    if not location.startswith("s3://") or not location[5:].strip("/"):
        raise _invalid(f"DefaultS3Location must be s3://bucket[/path], not {location!r}.")


def _check_network(params: Params) -> None:
    """VPC, subnets and the two security groups exist, belong together, and the groups are two."""
    vpc = params["VpcId"]
    if vpc not in ec2._vpcs:
        raise _invalid(f"VPC {vpc} does not exist.")
    _check_subnets(params["SubnetIds"], vpc)
    groups = (params["EngineSecurityGroupId"], params["WorkspaceSecurityGroupId"])
    if groups[0] == groups[1]:
        raise _invalid(f"EngineSecurityGroupId and WorkspaceSecurityGroupId must be two groups; both are {groups[0]}.")
    for group in groups:
        if ec2._security_groups.get(group, {}).get("VpcId") != vpc:
            raise _invalid(f"Security group {group} does not exist in VPC {vpc}.")


def _check_subnets(subnets: list[str], vpc: str) -> None:
    if not 1 <= len(subnets) <= MOST_SUBNETS:
        raise _invalid(f"SubnetIds must name 1 to {MOST_SUBNETS} subnets, not {len(subnets)}.")
    for subnet in subnets:
        if ec2._subnets.get(subnet, {}).get("VpcId") != vpc:
            raise _invalid(f"Subnet {subnet} does not exist in VPC {vpc}.")


def _update(params: Params) -> Params:
    studio = _studio(params["StudioId"])
    if "Name" in params:
        _check_name(params["Name"])
    if "SubnetIds" in params:
        _check_subnets(params["SubnetIds"], studio["VpcId"])
        if missing := set(studio["SubnetIds"]) - set(params["SubnetIds"]):
            raise _invalid(f"Subnets can only be added to a studio; SubnetIds lacks {', '.join(sorted(missing))}.")
    if "DefaultS3Location" in params:
        _check_location(params["DefaultS3Location"])
    studio.update(params)
    return {}


def _delete(params: Params) -> Params:
    _studio(params["StudioId"])
    if mapped := _mappings_of(params):
        raise _invalid(f"Studio {params['StudioId']} has {len(mapped)} session mapping(s). Delete them first.")
    del studios[params["StudioId"]]
    return {}


def _mapping_key(params: Params) -> str:
    _studio(params["StudioId"])
    identity = params.get("IdentityId") or params.get("IdentityName")
    if not identity:
        raise _invalid("IdentityId or IdentityName is required.")
    return f"{params['StudioId']} {params['IdentityType']} {identity}"


def _create_mapping(params: Params) -> Params:
    key = _mapping_key(params)
    if key in _mappings:
        raise _invalid(f"A session mapping of this identity exists in studio {params['StudioId']}.")
    now = time.time()
    _mappings[key] = {**params, "CreationTime": now, "LastModifiedTime": now}
    return {}


def _mapping(params: Params) -> Params:
    found: Params | None = _mappings.get(_mapping_key(params))
    if found is None:
        raise _invalid(f"No session mapping of this identity in studio {params['StudioId']}.")
    return found


def _update_mapping(params: Params) -> Params:
    _mapping(params).update(SessionPolicyArn=params["SessionPolicyArn"], LastModifiedTime=time.time())
    return {}


def _delete_mapping(params: Params) -> Params:
    _mapping(params)
    del _mappings[_mapping_key(params)]
    return {}


def _mappings_of(params: Params) -> list[Params]:
    wanted = {key: params[key] for key in ("StudioId", "IdentityType") if key in params}
    return [mapping for mapping in _mappings.values() if wanted.items() <= mapping.items()]


_OPERATIONS: dict[str, Callable[[Params], Params]] = {
    "CreateStudio": _create,
    "DescribeStudio": lambda params: {"Studio": _studio(params["StudioId"])},
    "ListStudios": lambda _: {"Studios": list(studios.values())},
    "UpdateStudio": _update,
    "DeleteStudio": _delete,
    "CreateStudioSessionMapping": _create_mapping,
    "GetStudioSessionMapping": lambda params: {"SessionMapping": _mapping(params)},
    "ListStudioSessionMappings": lambda params: {"SessionMappings": _mappings_of(params)},
    "UpdateStudioSessionMapping": _update_mapping,
    "DeleteStudioSessionMapping": _delete_mapping,
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
        studio = _studio(params["ResourceId"])
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
                roles.caller_must(headers, query, "iam:PassRole", role, {"iam:PassedToService": PRINCIPAL})
            return await theirs(method, path, headers, body, query)
        except ApiError as error:
            answer = {"__type": error.code, "Message": error.message, "message": error.message}
            return error.status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()

    return handle


def _with_arns(theirs: Callable[..., str]) -> Callable[..., str]:
    def resource(service: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *rest: Any) -> str:
        if service == "elasticmapreduce" and headers.get("x-amz-target", "").rsplit(".", 1)[-1] in _OPERATIONS:
            return arn(json.loads(body or b"{}").get("StudioId", "*"))
        return theirs(service, method, path, headers, body, *rest)

    return resource


def _get_state() -> Params:
    stores = {"studios": studios, "mappings": _mappings}
    return {name: [[*key, copy.deepcopy(value)] for key, value in s.all_items()] for name, s in stores.items()}


def _load_state(state: Params) -> None:
    for store, saved in ((studios, state.get("studios", [])), (_mappings, state.get("mappings", []))):
        for account, region, key, record in saved:
            store.set_scoped(account, region, key, record)


def install() -> None:
    handlers = hooks.original(emr, "_HANDLERS")
    handlers.update({name: _handler(name) for name in _OPERATIONS})
    for name in ("AddTags", "RemoveTags"):
        handlers[name] = _tag(handlers[name])
    hooks.replace(emr, "handle_request", _checked)
    hooks.replace(iam_actions, "extract_resource_arn", _with_arns)
    persistence.register("emr-studio", _get_state, _load_state)

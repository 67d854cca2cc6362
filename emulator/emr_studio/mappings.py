"""Session mappings: which user or group of IAM Identity Center may use a studio, with which policy."""

from __future__ import annotations

import time

from emulator.emr_studio.checks import invalid
from emulator.emr_studio.studios import mappings, studio
from emulator.models import Params


def identity(params: Params) -> str:
    """What a mapping is kept under, also for a request that names one."""
    return f"{params['StudioId']} {params['IdentityType']} {params.get('IdentityId') or params.get('IdentityName')}"


def _mapping_key(params: Params) -> str:
    studio(params["StudioId"])
    if not (params.get("IdentityId") or params.get("IdentityName")):
        raise invalid("IdentityId or IdentityName is required.")
    return identity(params)


def create(params: Params) -> Params:
    key = _mapping_key(params)
    if key in mappings:
        raise invalid(f"A session mapping of this identity exists in studio {params['StudioId']}.")
    now = time.time()
    mappings[key] = {**params, "CreationTime": now, "LastModifiedTime": now}
    return {}


def get(params: Params) -> Params:
    found: Params | None = mappings.get(_mapping_key(params))
    if found is None:
        raise invalid(f"No session mapping of this identity in studio {params['StudioId']}.")
    return found


def update(params: Params) -> Params:
    get(params).update(SessionPolicyArn=params["SessionPolicyArn"], LastModifiedTime=time.time())
    return {}


def delete(params: Params) -> Params:
    get(params)
    del mappings[_mapping_key(params)]
    return {}

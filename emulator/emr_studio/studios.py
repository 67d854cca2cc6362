"""Studios and their session mappings as records in the shape of the API, kept by account and region."""

from __future__ import annotations

import copy
import secrets
import string
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from emulator import roles
from emulator.emr_studio.checks import check_location, check_name, check_network, check_subnets, invalid
from emulator.models import Params

PRINCIPAL = "elasticmapreduce.amazonaws.com"
studios = AccountRegionScopedDict()
mappings = AccountRegionScopedDict()
"""(studio, identity type, identity) joined by a space -> session mapping."""


def arn(studio_id: str) -> str:
    return f"arn:aws:elasticmapreduce:{get_region()}:{get_account_id()}:studio/{studio_id}"


def studio(studio_id: str) -> Params:
    found: Params | None = studios.get(studio_id)
    if found is None:
        raise invalid(f"Studio does not exist. StudioId: {studio_id}")
    return found


def create(params: Params) -> Params:
    studio_id = "es-" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(25))
    check_name(params["Name"])
    check_network(params)
    check_location(params["DefaultS3Location"])
    if params["AuthMode"] == "SSO" and not params.get("UserRole"):
        raise invalid("UserRole is required when AuthMode is SSO.")
    if not roles.trusts(params["ServiceRole"], PRINCIPAL, arn(studio_id)):
        raise invalid(
            f"ServiceRole {params['ServiceRole']} does not exist, or its trust policy does not let {PRINCIPAL} "
            "assume it."
        )
    url = f"https://{studio_id}.emrstudio-prod.{get_region()}.amazonaws.com"
    own = {"StudioId": studio_id, "StudioArn": arn(studio_id), "Url": url, "CreationTime": time.time()}
    studios[studio_id] = {"Tags": [], **params, **own}
    return {"StudioId": studio_id, "Url": url}


def update(params: Params) -> Params:
    found = studio(params["StudioId"])
    if "Name" in params:
        check_name(params["Name"])
    if "SubnetIds" in params:
        check_subnets(params["SubnetIds"], found["VpcId"])
        if missing := set(found["SubnetIds"]) - set(params["SubnetIds"]):
            raise invalid(f"Subnets can only be added to a studio; SubnetIds lacks {', '.join(sorted(missing))}.")
    if "DefaultS3Location" in params:
        check_location(params["DefaultS3Location"])
    found.update(params)
    return {}


def delete(params: Params) -> Params:
    studio(params["StudioId"])
    if mapped := mappings_of(params):
        raise invalid(f"Studio {params['StudioId']} has {len(mapped)} session mapping(s). Delete them first.")
    del studios[params["StudioId"]]
    return {}


def mappings_of(params: Params) -> list[Params]:
    wanted = {key: params[key] for key in ("StudioId", "IdentityType") if key in params}
    return [mapping for mapping in mappings.values() if wanted.items() <= mapping.items()]


def get_state() -> Params:
    stores = {"studios": studios, "mappings": mappings}
    return {name: [[*key, copy.deepcopy(value)] for key, value in s.all_items()] for name, s in stores.items()}


def load_state(state: Params) -> None:
    for store, saved in ((studios, state.get("studios", [])), (mappings, state.get("mappings", []))):
        for account, region, key, record in saved:
            store.set_scoped(account, region, key, record)

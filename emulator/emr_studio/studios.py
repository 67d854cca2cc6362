"""Studios as records in the shape of the API, kept by account and region."""

from __future__ import annotations

import secrets
import string
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from emulator import roles
from emulator.emr_studio.checks import check_location, check_name, check_network, check_subnets, invalid
from emulator.linked_roles import Require
from emulator.models import Params

PRINCIPAL = "elasticmapreduce.amazonaws.com"
PREFIX = "es-"
studios = AccountRegionScopedDict()


def arn(studio_id: str) -> str:
    return f"arn:aws:elasticmapreduce:{get_region()}:{get_account_id()}:studio/{studio_id}"


def studio(studio_id: str) -> Params:
    found: Params | None = studios.get(studio_id)
    if found is None:
        raise invalid(f"Studio does not exist. StudioId: {studio_id}")
    return found


def create(params: Params, require: Require) -> Params:
    require("iam:PassRole", params["ServiceRole"], {"iam:PassedToService": PRINCIPAL})
    studio_id = PREFIX + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(25))
    check_name(params["Name"])
    check_network(params)
    check_location(params["DefaultS3Location"])
    if params["AuthMode"] != "IAM":
        raise invalid(f"The local AWS does not support AuthMode {params['AuthMode']}: no stack uses it.")
    if not roles.trusts(params["ServiceRole"], PRINCIPAL, arn(studio_id)):
        raise invalid(
            f"ServiceRole {params['ServiceRole']} does not exist, or its trust policy does not let {PRINCIPAL} "
            "assume it."
        )
    url = f"https://{studio_id}.emrstudio-prod.{get_region()}.amazonaws.com"
    own = {"StudioId": studio_id, "StudioArn": arn(studio_id), "Url": url, "CreationTime": time.time()}
    studios[studio_id] = {"Tags": [], **params, **own}
    return {"StudioId": studio_id, "Url": url}


def update(params: Params) -> None:
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


def delete(params: Params) -> None:
    studio(params["StudioId"])
    del studios[params["StudioId"]]


def tag(params: Params) -> None:
    """AddTags and RemoveTags."""
    found = studio(params["ResourceId"])
    changed = {item["Key"]: item for item in params.get("Tags", [])}
    gone = {*changed, *params.get("TagKeys", [])}
    found["Tags"] = [item for item in found["Tags"] if item["Key"] not in gone] + list(changed.values())

"""Records of studios in the API's format, by account and region."""

import time
from collections.abc import Iterator

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import ec2

from emulator import roles
from emulator.emr import store
from emulator.linked_roles import Require
from emulator.models import ApiError, Json, invalid

PRINCIPAL = "elasticmapreduce.amazonaws.com"
PREFIX = "es-"
INVALID_REQUEST = "InvalidRequestException"
studios = AccountRegionScopedDict()


def arn(studio_id: str) -> str:
    return f"arn:aws:elasticmapreduce:{get_region()}:{get_account_id()}:studio/{studio_id}"


def studio(studio_id: str) -> Json:
    found: Json | None = studios.get(studio_id)
    if found is None:
        raise invalid(f"Studio does not exist. StudioId: {studio_id}", INVALID_REQUEST)
    return found


def create(params: Json, require: Require) -> Json:
    require("iam:PassRole", params["ServiceRole"], {"iam:PassedToService": PRINCIPAL})
    studio_id = store.new_id("es", 25)
    url = f"https://{studio_id}.emrstudio-prod.{get_region()}.amazonaws.com"
    own = {"StudioId": studio_id, "StudioArn": arn(studio_id), "Url": url, "CreationTime": time.time()}
    made = {"Tags": [], **params, **own}
    _check(made)
    studios[studio_id] = made
    return {"StudioId": studio_id, "Url": url}


def update(params: Json, _: Require) -> None:
    found = studio(params["StudioId"])
    changed = {**found, **params}
    if missing := set(found["SubnetIds"]) - set(changed["SubnetIds"]):
        raise invalid(
            f"Subnets can only be added to a studio; SubnetIds lacks {', '.join(sorted(missing))}.", INVALID_REQUEST
        )
    _check(changed)
    found.update(params)


def _check(made: Json) -> None:
    if problem := next(_problems(made), None):
        raise invalid(problem, INVALID_REQUEST)


def _problems(made: Json) -> Iterator[str]:
    """Problems of a studio."""
    vpc, subnets = made["VpcId"], made["SubnetIds"]
    engine, workspace = made["EngineSecurityGroupId"], made["WorkspaceSecurityGroupId"]
    bucket, _, folder = made["DefaultS3Location"].removeprefix("s3://").partition("/")
    if vpc not in ec2._vpcs:
        yield f"VPC {vpc} does not exist."
    if engine == workspace:
        yield f"EngineSecurityGroupId and WorkspaceSecurityGroupId must be two groups; both are {engine}."
    for kind, ids, known in (
        ("Subnet", subnets, ec2._subnets),
        ("Security group", (engine, workspace), ec2._security_groups),
    ):
        for one in ids:
            if known.get(one, {}).get("VpcId") != vpc:
                yield f"{kind} {one} does not exist in VPC {vpc}."
    if not made["DefaultS3Location"].startswith("s3://") or not bucket or not folder.strip("/"):
        yield f"DefaultS3Location must be s3://bucket/folder, not {made['DefaultS3Location']!r}."
    if not roles.trusts(made["ServiceRole"], PRINCIPAL, made["StudioArn"]):
        role = f"ServiceRole {made['ServiceRole']}"
        yield f"{role} does not exist, or its trust policy does not allow {PRINCIPAL} to assume it."


def delete(params: Json, _: Require) -> None:
    studio(params["StudioId"])
    del studios[params["StudioId"]]


def tag(params: Json, _: Require) -> None:
    """AddTags and RemoveTags."""
    if not params["ResourceId"].startswith(PREFIX):
        message = "The local AWS does not support AddTags and RemoveTags of a cluster."
        raise ApiError("InternalServerException", message, 500)
    found = studio(params["ResourceId"])
    changed = {item["Key"]: item for item in params.get("Tags", [])}
    removed = {*changed, *params.get("TagKeys", [])}
    found["Tags"] = [item for item in found["Tags"] if item["Key"] not in removed] + list(changed.values())

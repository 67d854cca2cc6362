"""Lake Formation: registered locations, grants and rejected requests."""

from typing import Any

import pytest
from account import Client, make_role, rejected, unique

ACCOUNT = "000000000000"
LINKED_ROLE = "role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"


@pytest.fixture
def location(client: Client) -> str:
    """A path registered with the service-linked role."""
    arn = f"arn:aws:s3:::{unique('lake')}/curated"
    client("lakeformation").register_resource(ResourceArn=arn, UseServiceLinkedRole=True)
    return arn


@pytest.fixture
def table(client: Client) -> dict[str, str]:
    """A Glue table as a resource of Lake Formation."""
    database = unique("lake")
    client("glue").create_database(DatabaseInput={"Name": database})
    client("glue").create_table(DatabaseName=database, TableInput={"Name": "report"})
    return {"DatabaseName": database, "Name": "report"}


@pytest.fixture
def writer(client: Client) -> str:
    return make_role(client, "ec2.amazonaws.com")


def to(role: str) -> dict[str, str]:
    return {"DataLakePrincipalIdentifier": role}


def test_a_location_is_stored_until_it_is_deregistered(client: Client, location: str) -> None:
    lake = client("lakeformation")
    info = lake.describe_resource(ResourceArn=location)["ResourceInfo"]
    assert (info["ResourceArn"], info["RoleArn"]) == (location, f"arn:aws:iam::{ACCOUNT}:{LINKED_ROLE}")
    with rejected("AlreadyExistsException", "already registered"):
        lake.register_resource(ResourceArn=location, UseServiceLinkedRole=True)
    lake.deregister_resource(ResourceArn=location)
    with rejected("EntityNotFoundException", "is not registered"):
        lake.describe_resource(ResourceArn=location)


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"ResourceArn": "arn:aws:s3:::lake/"}, "InvalidInputException", "must be a bucket or a path"),
        ({"ResourceArn": "arn:aws:sqs:::lake"}, "InvalidInputException", "must be a bucket or a path"),
        ({"ResourceArn": "arn:aws:s3:::lake"}, "InvalidInputException", "does not support a location with a role"),
    ],
)
def test_an_invalid_location_is_rejected(client: Client, request_: dict[str, Any], code: str, message: str) -> None:
    with rejected(code, message):
        client("lakeformation").register_resource(**request_)


def test_select_is_listed_separately(client: Client, table: dict[str, str], writer: str) -> None:
    lake, resource = client("lakeformation"), {"Table": table}
    lake.grant_permissions(Principal=to(writer), Resource=resource, Permissions=["SELECT", "INSERT"])
    lake.grant_permissions(Principal=to(writer), Resource=resource, Permissions=["DESCRIBE"])
    on_table, on_columns = lake.list_permissions(Principal=to(writer), Resource=resource)[
        "PrincipalResourcePermissions"
    ]
    assert on_table["Permissions"] == ["DESCRIBE", "INSERT"]
    assert on_table["Resource"] == {"Table": {"CatalogId": ACCOUNT, **table}}
    assert on_columns["Permissions"] == ["SELECT"]
    assert on_columns["Resource"]["TableWithColumns"]["ColumnWildcard"] == {}


def test_a_permission_is_revoked_once(client: Client, location: str, table: dict[str, str], writer: str) -> None:
    lake = client("lakeformation")
    place = {"DataLocation": {"ResourceArn": f"{location}/report"}}
    lake.grant_permissions(Principal=to(writer), Resource=place, Permissions=["DATA_LOCATION_ACCESS"])
    lake.grant_permissions(Principal=to(writer), Resource={"Table": table}, Permissions=["INSERT", "DELETE"])
    lake.revoke_permissions(Principal=to(writer), Resource=place, Permissions=["DATA_LOCATION_ACCESS"])
    lake.revoke_permissions(Principal=to(writer), Resource={"Table": table}, Permissions=["DELETE"])
    [left] = lake.list_permissions(Principal=to(writer))["PrincipalResourcePermissions"]
    assert left["Permissions"] == ["INSERT"]
    with rejected("InvalidInputException", "No permissions revoked. Grantee has no"):
        lake.revoke_permissions(Principal=to(writer), Resource=place, Permissions=["DATA_LOCATION_ACCESS"])


def test_a_grant_needs_existing_resources(client: Client, table: dict[str, str], writer: str) -> None:
    lake = client("lakeformation")
    elsewhere = {"DataLocation": {"ResourceArn": "arn:aws:s3:::elsewhere"}}
    for principal, resource, permission, code, message in [
        ("arn:aws:iam::000000000000:role/nobody", {"Table": table}, "INSERT", "InvalidInput", "Invalid principal"),
        (writer, elsewhere, "DATA_LOCATION_ACCESS", "InvalidInput", "register the S3 path"),
        (writer, {"Table": {**table, "Name": "other"}}, "INSERT", "EntityNotFound", "Table not found"),
        (writer, {"Table": table}, "DATA_LOCATION_ACCESS", "InvalidInput", "do not exist on a Table"),
        (writer, {"Catalog": {}}, "CREATE_DATABASE", "InvalidInput", "on the local AWS, not Catalog"),
    ]:
        with rejected(f"{code}Exception", message):
            lake.grant_permissions(Principal=to(principal), Resource=resource, Permissions=[permission])


@pytest.mark.parametrize(
    ("gone", "message"),
    [("role", "Invalid principal"), ("location", "register the S3 path"), ("table", "Table not found")],
)
def test_a_grant_on_a_deleted_resource_cannot_be_revoked(
    client: Client, location: str, table: dict[str, str], writer: str, gone: str, message: str
) -> None:
    lake = client("lakeformation")
    place = {"DataLocation": {"ResourceArn": location}}
    resource, permission = ({"Table": table}, "INSERT") if gone == "table" else (place, "DATA_LOCATION_ACCESS")
    lake.grant_permissions(Principal=to(writer), Resource=resource, Permissions=[permission])
    if gone == "role":
        client("iam").delete_role(RoleName=writer.rsplit("/", 1)[-1])
    elif gone == "location":
        lake.deregister_resource(ResourceArn=location)
    else:
        client("glue").delete_table(DatabaseName=table["DatabaseName"], Name=table["Name"])
    with rejected("InvalidInputException|EntityNotFoundException", message):
        lake.revoke_permissions(Principal=to(writer), Resource=resource, Permissions=[permission])


def test_an_unsupported_operation_is_rejected(client: Client) -> None:
    with rejected("InternalServerException", "The local AWS does not support ListLFTags of LakeFormation"):
        client("lakeformation").list_lf_tags()

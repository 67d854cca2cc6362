"""Service-linked roles as a deployment to a new account makes them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from fixture_types import Client


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless"),
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
    ],
)
def test_a_service_linked_role_has_the_name_that_its_service_chose_and_is_made_once(
    client: Client, service: str, name: str
) -> None:
    iam = client("iam")
    role = iam.create_service_linked_role(AWSServiceName=service)["Role"]
    assert (role["RoleName"], role["Path"]) == (name, f"/aws-service-role/{service}/")
    assert iam.get_role(RoleName=name)["Role"]["Arn"].endswith(f":role/aws-service-role/{service}/{name}")
    with pytest.raises(ClientError, match=r"InvalidInput.*name .* has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName=service)

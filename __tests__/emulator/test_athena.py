"""Athena: a workgroup that does not exist, as Terraform and the tasks ask for it, and the place of results."""

from __future__ import annotations

from typing import Any

import pytest
from fixture_types import Client, Unique
from refusals import refused
from waiting import eventually

REQUESTS: dict[str, dict[str, Any]] = {
    "get_work_group": {},
    "update_work_group": {"Description": "any"},
    "start_query_execution": {"QueryString": "SELECT 1"},
}


@pytest.mark.parametrize("action", REQUESTS)
def test_a_missing_workgroup_is_reported_in_the_words_that_terraform_takes_for_not_found(
    action: str, client: Client, unique: Unique
) -> None:
    name = unique("missing")
    call = getattr(client("athena"), action)
    with refused("InvalidRequestException", f"WorkGroup {name} is not found."):
        call(WorkGroup=name, **REQUESTS[action])


def test_the_result_of_a_query_is_a_csv_file_where_the_query_says(client: Client, unique: Unique) -> None:
    bucket, workgroup = unique("results"), unique("work")
    athena, s3 = client("athena"), client("s3")
    s3.create_bucket(Bucket=bucket)
    configuration = {"ResultConfiguration": {"OutputLocation": f"s3://{bucket}/athena/"}}
    athena.create_work_group(Name=workgroup, Configuration=configuration)
    query = athena.start_query_execution(QueryString="SELECT 'x' AS one", WorkGroup=workgroup)["QueryExecutionId"]

    def ended() -> dict[str, Any] | None:
        found = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        return found if found["Status"]["State"] in ("SUCCEEDED", "FAILED") else None

    execution = eventually(ended, "the end of the query")
    assert execution["Status"]["State"] == "SUCCEEDED"
    assert execution["ResultConfiguration"]["OutputLocation"] == f"s3://{bucket}/athena/{query}.csv"
    assert s3.get_object(Bucket=bucket, Key=f"athena/{query}.csv")["Body"].read().split() == [b"one", b"x"]

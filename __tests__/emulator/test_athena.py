"""Athena: a workgroup that does not exist, as Terraform and the tasks ask for it."""

from __future__ import annotations

from typing import Any

import pytest
from fixture_types import Client, Unique
from refusals import refused

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


def test_a_query_in_an_existing_workgroup_starts(client: Client, unique: Unique) -> None:
    name = unique("work")
    athena = client("athena")
    output = {"ResultConfiguration": {"OutputLocation": f"s3://{unique('results')}/"}}
    athena.create_work_group(Name=name, Configuration=output)
    started = athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)
    assert (
        athena.get_query_execution(QueryExecutionId=started["QueryExecutionId"])["QueryExecution"]["WorkGroup"] == name
    )

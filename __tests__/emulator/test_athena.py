"""Athena: a workgroup that does not exist, as Terraform asks for it, which queries run, and the place of results."""

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


ONLY_ONE = "Only one sql statement is allowed. Got: "
NO_SELECT = "The local Athena runs SELECT, WITH and VALUES only, on AWS other statements may run: "
REFUSED = {
    "SELECT 1; SELECT 2": ONLY_ONE,
    "SELECT 1; COPY (SELECT 1) TO '/tmp/x'": ONLY_ONE,
    "COPY (SELECT 1) TO '/tmp/x'": NO_SELECT,
    "DROP TABLE clicks": NO_SELECT,
    "CREATE EXTERNAL TABLE x (a string) LOCATION 's3://x/'": NO_SELECT,
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a": NO_SELECT,
    "SHOW TABLES": NO_SELECT,
    "DESCRIBE clicks": NO_SELECT,
    "FROM clicks": NO_SELECT,
    "-- only a comment": NO_SELECT,
    "/* SELECT */ SUMMARIZE clicks": NO_SELECT,
}


@pytest.mark.parametrize("query", REFUSED)
def test_a_query_that_is_not_one_select_is_refused(query: str, client: Client) -> None:
    with refused("InvalidRequestException", REFUSED[query]):
        client("athena").start_query_execution(
            QueryString=query, ResultConfiguration={"OutputLocation": "s3://results/"}
        )


@pytest.mark.parametrize(
    "query",
    ["SELECT ';' AS one;", "-- ;\nWITH a AS (SELECT 1) (SELECT * FROM a) /* ; */", "(SELECT 1) -- x", "VALUES (1)"],
)
def test_one_select_runs_with_comments_parentheses_and_a_semicolon_at_its_end(query: str, client: Client) -> None:
    client("athena").start_query_execution(QueryString=query, ResultConfiguration={"OutputLocation": "s3://results/"})


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

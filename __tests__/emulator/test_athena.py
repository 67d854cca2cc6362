"""Athena: missing workgroups, supported queries and the location of results."""

from typing import Any

import pytest
from account import Client, rejected, unique
from waiting import eventually

REQUESTS: dict[str, dict[str, Any]] = {
    "get_work_group": {},
    "update_work_group": {"Description": "any"},
    "start_query_execution": {"QueryString": "SELECT 1"},
}


@pytest.mark.parametrize("action", REQUESTS)
def test_terraform_recognizes_the_error_of_a_missing_workgroup(action: str, client: Client) -> None:
    name = unique("missing")
    with rejected("InvalidRequestException", f"WorkGroup {name} is not found."):
        getattr(client("athena"), action)(WorkGroup=name, **REQUESTS[action])


ONLY_ONE = "Only one sql statement is allowed. Got: "
NO_SELECT = "The local Athena runs SELECT, WITH and VALUES only, on AWS other statements may run: "
REJECTED = {
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


@pytest.mark.parametrize("query", REJECTED)
def test_a_query_other_than_one_select_is_rejected(query: str, client: Client) -> None:
    with rejected("InvalidRequestException", REJECTED[query]):
        client("athena").start_query_execution(
            QueryString=query, ResultConfiguration={"OutputLocation": "s3://results/"}
        )


@pytest.mark.parametrize(
    "query",
    ["SELECT ';' AS one;", "-- ;\nWITH a AS (SELECT 1) (SELECT * FROM a) /* ; */", "(SELECT 1) -- x", "VALUES (1)"],
)
def test_one_select_can_contain_comments_parentheses_and_semicolons(query: str, client: Client) -> None:
    client("athena").start_query_execution(QueryString=query, ResultConfiguration={"OutputLocation": "s3://results/"})


def test_the_result_of_a_query_is_a_csv_file_in_the_output_location(client: Client, bucket: str) -> None:
    athena, s3, workgroup = client("athena"), client("s3"), unique("work")
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

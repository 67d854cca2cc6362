"""The workflows' search for data, against pages of S3."""

import pytest
from fixture_types import Client, Make, Unique
from machines import Machines, workflow_part
from policies import allow

MARKERS = 65
"""Empty objects, which folders are to S3's console: two pages and a half of the search."""


@pytest.fixture
def bucket(client: Client, bucket: str) -> str:
    for number in range(MARKERS):
        client("s3").put_object(Bucket=bucket, Key=f"raw/{number:03}/")
    return bucket


@pytest.fixture
def machines(client: Client, unique: Unique, make_role: Make, bucket: str) -> Machines:
    may_list = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"StringEquals": {"s3:prefix": "raw/"}})
    return Machines(client("stepfunctions"), unique, make_role("states.amazonaws.com", [may_list]))


def test_data_is_found_behind_pages_of_empty_objects(machines: Machines, client: Client, bucket: str) -> None:
    search = workflow_part("search", bucket)
    assert machines.run(search)["output"]["status"] == "NOTHING_TO_DO"
    client("s3").put_object(Bucket=bucket, Key="raw/hospitals.csv", Body=b"state,date")
    found = machines.start(search)
    assert machines.end(found)["output"] == {"status": "DONE"}
    assert machines.kinds(found).count("TaskSucceeded") == 3


def test_files_that_spark_does_not_read_are_no_clicks(machines: Machines, client: Client, bucket: str) -> None:
    search = workflow_part("search-clicks", bucket)
    for name in ("data=1_$folder$", "data=1/_temporary/0/a.parquet", "data=1/.hidden", "data=1/_SUCCESS"):
        client("s3").put_object(Bucket=bucket, Key=f"raw/{name}", Body=b"x")
    assert machines.run(search)["output"]["status"] == "NOTHING_TO_DO"
    client("s3").put_object(Bucket=bucket, Key="raw/data=1/a.parquet")
    assert machines.run(search)["output"] == {"status": "DONE"}

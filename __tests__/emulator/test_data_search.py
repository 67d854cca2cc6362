"""The workflows' search for data in several pages of S3."""

import pytest
from account import Client, allow, make_role
from machines import Machines, workflow_part

MARKERS = 65
"""Empty objects, as S3's console creates for folders: 2.5 pages of the search."""


@pytest.fixture
def bucket(client: Client, bucket: str) -> str:
    for number in range(MARKERS):
        client("s3").put_object(Bucket=bucket, Key=f"raw/{number:03}/")
    return bucket


@pytest.fixture
def machines(client: Client, bucket: str) -> Machines:
    may_list = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"StringEquals": {"s3:prefix": "raw/"}})
    return Machines(client("stepfunctions"), make_role(client, "states.amazonaws.com", [may_list]))


def test_data_is_found_after_pages_of_empty_objects(machines: Machines, client: Client, bucket: str) -> None:
    search = workflow_part("search", bucket)
    assert machines.run(search)["output"]["status"] == "NOTHING_TO_DO"
    client("s3").put_object(Bucket=bucket, Key="raw/hospitals.csv", Body=b"state,date")
    found = machines.start(search)
    assert machines.end(found)["output"] == {"status": "DONE"}
    assert machines.kinds(found).count("TaskSucceeded") == 3


def test_files_that_spark_ignores_are_not_data(machines: Machines, client: Client, bucket: str) -> None:
    search = workflow_part("search-clicks", bucket)
    for name in ("data=1_$folder$", "data=1/_temporary/0/a.parquet", "data=1/.hidden", "data=1/_SUCCESS"):
        client("s3").put_object(Bucket=bucket, Key=f"raw/{name}", Body=b"x")
    assert machines.run(search)["output"]["status"] == "NOTHING_TO_DO"
    client("s3").put_object(Bucket=bucket, Key="raw/data=1/a.parquet")
    assert machines.run(search)["output"] == {"status": "DONE"}

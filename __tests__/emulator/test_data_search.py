"""The covid workflow's search for data, against pages of S3."""

from __future__ import annotations

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

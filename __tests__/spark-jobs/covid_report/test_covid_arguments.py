from __future__ import annotations

import re
from datetime import date

import pytest
from covid_report.arguments import parse_arguments
from covid_report.errors import CovidReportError

GOOD = {
    "--input": "s3://data/raw/",
    "--output": "s3://data/processed/2022-02-10T060000Z/",
    "--rejected": "s3://data/rejected/2022-02-10T060000Z",
    "--table": "s3://data/curated/covid_report/",
    "--run-date": "2022-02-10",
}


def words(**changes: str) -> list[str]:
    changed = {**GOOD, **{f"--{name.replace('_', '-')}": value for name, value in changes.items()}}
    return [word for pair in changed.items() for word in pair]


def test_trailing_slashes_of_folders_are_removed() -> None:
    arguments = parse_arguments(words())
    assert arguments.input == "s3://data/raw"
    assert arguments.rejected == "s3://data/rejected/2022-02-10T060000Z"
    assert arguments.run_date == date(2022, 2, 10)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"run_date": "2022-02-30"}, "--run-date '2022-02-30' is not a calendar day; pass it as yyyy-MM-dd"),
        ({"run_date": "20220210"}, "--run-date '20220210' is not a calendar day"),
        ({"run_date": "2022-W06-4"}, "--run-date '2022-W06-4' is not a calendar day"),
        ({"input": "raw/"}, "--input 'raw/' is not a URI of a folder; pass s3://bucket/folder/"),
        ({"table": ""}, "--table '' is not a URI of a folder"),
        ({"output": "s3://data/raw/out/"}, "--output 's3://data/raw/out' is in --input 's3://data/raw'"),
        ({"rejected": "s3://data/raw"}, "--rejected 's3://data/raw' is in --input"),
    ],
)
def test_an_invalid_value_is_reported_with_its_argument(change: dict[str, str], message: str) -> None:
    with pytest.raises(CovidReportError, match=re.escape(message)):
        parse_arguments(words(**change))


def test_a_folder_may_start_with_the_name_of_the_input() -> None:
    assert parse_arguments(words(output="s3://data/raw-out")).output == "s3://data/raw-out"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "the following arguments are required: --input, --output, --rejected, --table, --run-date; pass --input"),
        ([*words(), "extra"], "unrecognized arguments: extra; pass --input URI"),
        ([*words(), "--in", "s3://other/"], "unrecognized arguments: --in s3://other/"),
    ],
)
def test_missing_and_unknown_arguments_are_reported(argv: list[str], message: str) -> None:
    with pytest.raises(CovidReportError, match=re.escape(message)):
        parse_arguments(argv)

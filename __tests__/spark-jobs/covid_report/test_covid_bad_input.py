"""Whole runs with invalid files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from covid_report.errors import CovidReportError
from covid_report.job import run
from covid_runs import Outcome, arguments_for, write_files
from pyspark.sql import SparkSession

RunJob = Callable[[Mapping[str, "str | bytes"]], Outcome]

HEADER = "state,date,inpatient_beds\n"
GOOD = HEADER + "FL,2020-08-26,10\n"
LONG = "FL,2020-08-27,"
TOO_LARGE: dict[str, tuple[str, str]] = {
    "a line of 40 MB": (GOOD + LONG + "x" * 40_000_000 + "\n", "a b+.csv has more than 1048576 bytes in line 3; end"),
    "a quote that is not closed in a long line": (GOOD + LONG + '"' + "a," * 1_000_000, "1048576 bytes in line 3; end"),
    "only carriage returns after the header": (GOOD + "FL,2020-08-27,1\r" * 90_000, "1048576 bytes in line 3; end"),
    "many short cells": (GOOD + "a," * 400_000 + "\n", "a b+.csv cannot be read in line 3: there are too many cells"),
    "a quote that is not closed before many lines": (
        GOOD + LONG + '"1\n' + "no record here\n" * 90_000,
        "a b+.csv cannot be read in line [0-9]+: a cell is too long, or its quote is not closed",
    ),
    "many long cells in quotes": (
        GOOD + ",".join(['"' + "a\n" * 200_000 + '"'] * 4) + "\n",
        "a b+.csv has a quote that is not closed on its line",
    ),
    "a header of many columns": ("state,date,inpatient_beds" + ",x" * 1900 + "\n", "has 1903 columns, more than 1000"),
}


@pytest.mark.parametrize(("content", "message"), TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_line_that_exceeds_the_limits_is_reported_with_its_number(
    spark: SparkSession, tmp_path: Path, content: str, message: str
) -> None:
    write_files(tmp_path / "raw", {"a b+.csv": content, "good.csv": GOOD})
    with pytest.raises(CovidReportError, match=message.replace("+", "[+]", 1)) as caught:
        run(spark, arguments_for(tmp_path))
    assert len(str(caught.value)) < 500
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


@pytest.mark.parametrize(
    ("cell", "reasons"),
    [
        ("1" * 800_000, {"invalid_number": 1}),
        (" " * 1_000_000, {}),
        ('"' * 1_000_000, {"invalid_number": 1}),
        ('"' + "a\n" * 400_000 + '"', {"invalid_number": 1}),
    ],
)
def test_a_long_cell_is_validated_like_other_cells(run_job: RunJob, cell: str, reasons: dict[str, int]) -> None:
    outcome = run_job({"a.csv": f"\ufeff{GOOD}{LONG}{cell}\n" + HEADER.lower() * 10_000})
    assert outcome.summary["rejected_by_reason"] == reasons


def test_one_invalid_file_stops_the_run(spark: SparkSession, tmp_path: Path) -> None:
    write_files(tmp_path / "raw", {"good.csv": GOOD, "page.csv": "<html>"})
    with pytest.raises(CovidReportError, match=r"page\.csv is a web page"):
        run(spark, arguments_for(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_two_files_with_overlapping_dates_count_each_day_once(run_job: RunJob) -> None:
    days = [f"2020-08-{day:02}" for day in range(1, 9)]
    first, second = (
        HEADER + "".join(f"FL,{day},{beds}\n" for day in some) for some, beds in ((days[:6], 10), (days[3:], 20))
    )
    outcome = run_job({"export_1.csv": first, "export_2.csv": second})
    # Three days of the first file, and five of the second, whose name sorts last.
    assert list(outcome.report["FL", "2020-08"].values()) == ["FL", "2020-08", "16.25", "", "", "8"]
    assert outcome.summary["rows"] == {"read": 11, "counted": 8, "rejected": 3}
    assert outcome.summary["rejected_by_reason"] == {"duplicate": 3}
    assert outcome.reasons == [("duplicate", f"FL,{day},10") for day in days[3:6]]
    # Neither has the ICU column.
    assert "avg_icu_beds is empty: no file has the column total_staffed_adult_icu_beds" in outcome.summary["notes"]

"""Whole runs and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from covid_report import __version__
from covid_report.errors import CovidReportError
from covid_report.job import run
from covid_runs import Outcome, arguments_for, run_on, write_files
from pyspark.sql import SparkSession

RunJob = Callable[[Mapping[str, "str | bytes"]], Outcome]

BEDS = "state,date,inpatient_beds\n"
FULL = (
    "date,state,total_staffed_adult_icu_beds,inpatient_bed_covid_utilization_numerator,"
    "inpatient_bed_covid_utilization_denominator,inpatient_beds\r\n"
)
MESSY: dict[str, str | bytes] = {
    "a_20200801.csv": "\ufeff"
    + BEDS
    + 'fl,2020/08/01,"34,074"\nFL,2020-08-02,"34,075"\nZZ,2020-08-01,1\nFL,2020-08-03,-1\n',
    "b_20200802.csv": FULL
    + "2020-08-02T00:00:00.000,FL,100,10,40,\r\n"
    + '2020-07-31,"PR",,1,3,"1,000"\r\n'
    + "2020-07-32,PR,,1,3,5\r\n"
    + FULL
    + '2020-07-30,PR,,5,4,"say ""no"", twice"\r\n'
    + "2020-07-29,PR,1,2\r\n",
    "more/c.csv": BEDS + "FL,2020-08-01,34074\n",
    "more/empty.csv": BEDS,
    "readme.txt": "not data",
}


@pytest.fixture(scope="module")
def messy(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run with every kind of valid and invalid row."""
    folder = tmp_path_factory.mktemp("messy")
    write_files(folder / "raw", MESSY)
    return run_on(spark, folder)


def test_the_report_counts_the_valid_rows_of_all_files(messy: Outcome) -> None:
    # The counted row of 2020-08-02 has no beds, so their average is the value of 2020-08-01.
    assert messy.report_text.splitlines() == [
        "state,month,avg_inpatient_beds,avg_icu_beds,covid_patient_rate,days_reported",
        "FL,2020-08,34074.00,100.00,0.2500,2",
        "PR,2020-07,1000.00,,0.3333,1",
    ]


def test_rejected_rows_are_published_with_one_reason_and_their_file(messy: Outcome) -> None:
    assert [tuple(row.values()) for row in messy.rejected] == [
        ("duplicate", "FL 2020-08-02 is counted from b_20200802.csv", "a_20200801.csv", 'FL,2020-08-02,"34,075"'),
        ("duplicate", "FL 2020-08-01 is counted from more/c.csv", "a_20200801.csv", 'fl,2020/08/01,"34,074"'),
        ("invalid_number", "inpatient_beds '-1'", "a_20200801.csv", "FL,2020-08-03,-1"),
        ("unknown_state", "state 'ZZ'", "a_20200801.csv", "ZZ,2020-08-01,1"),
        ("invalid_date", "date '2020-07-32'", "b_20200802.csv", "2020-07-32,PR,,1,3,5"),
        (
            *("invalid_number", "inpatient_beds 'say \"no\", twice'", "b_20200802.csv"),
            '2020-07-30,PR,,5,4,"say ""no"", twice"',
        ),
        ("wrong_number_of_cells", "not as many cells as the header", "b_20200802.csv", "2020-07-29,PR,1,2"),
    ]


def test_the_summary_includes_every_row(messy: Outcome) -> None:
    summary = messy.summary
    assert summary["rows"] == {"read": 10, "counted": 3, "rejected": 7}
    assert summary["rejected_by_reason"] == {
        "duplicate": 2,
        "invalid_date": 1,
        "invalid_number": 2,
        "unknown_state": 1,
        "wrong_number_of_cells": 1,
    }
    assert summary["repeated_headers"] == 1
    assert summary["sources"] == [
        {"file": "a_20200801.csv", "rows": 4, "counted": 0, "rejected": 4},
        {"file": "b_20200802.csv", "rows": 5, "counted": 2, "rejected": 3},
        {"file": "more/c.csv", "rows": 1, "counted": 1, "rejected": 0},
        {"file": "more/empty.csv", "rows": 0, "counted": 0, "rejected": 0},
    ]


def test_the_summary_describes_the_period_and_missing_columns(messy: Outcome) -> None:
    summary = messy.summary
    assert summary["job"] == {"name": "covid-report", "version": __version__}
    assert summary["run_date"] == "2022-02-10"
    assert summary["period"] == {"first_day": "2020-07-31", "last_day": "2020-08-02"}
    assert summary["states"] == ["FL", "PR"]
    assert summary["report_rows"] == 2
    assert summary["ignored_files"] == ["readme.txt"]
    lacking = ["a_20200801.csv", "more/c.csv", "more/empty.csv"]
    assert list(summary["files_without_column"].values()) == [lacking] * 3
    assert summary["notes"][0] == (
        "avg_icu_beds excludes rows of a_20200801.csv, more/c.csv, more/empty.csv, "
        "which have no column total_staffed_adult_icu_beds"
    )
    assert summary["notes"][-2:] == [
        "more/empty.csv has a header and no rows",
        "1 file was ignored, because of a hidden name or another extension: readme.txt",
    ]


def test_the_message_has_the_location_of_the_report_and_the_numbers_of_rows(messy: Outcome) -> None:
    assert messy.message == (
        f"Report file://{messy.folder}/processed/covid_report.csv: 10 rows read, 3 counted, 7 rejected, "
        "2 states and months"
    )


def test_a_run_leaves_no_temporary_files(messy: Outcome) -> None:
    files = [path for path in messy.folder.rglob("*") if path.is_file() and path.suffix != ".crc"]
    assert sorted(str(path.relative_to(messy.folder)) for path in files if "raw" not in path.parts) == [
        "curated/covid_report/run_date=2022-02-10/report.parquet",
        "processed/covid_report.csv",
        "processed/summary.json",
        "rejected/rows.csv",
    ]
    assert not list(messy.folder.rglob("_*"))


def test_the_table_has_the_report_with_the_types_of_glue(spark: SparkSession, messy: Outcome) -> None:
    table = spark.read.parquet(f"file://{messy.folder}/curated/covid_report")
    assert table.dtypes == [
        ("state", "string"),
        ("month", "string"),
        ("avg_inpatient_beds", "double"),
        ("avg_icu_beds", "double"),
        ("covid_patient_rate", "double"),
        ("days_reported", "int"),
        ("run_date", "date"),
    ]
    rows = [tuple(row)[:6] for row in table.orderBy("state").collect()]
    assert rows == [("FL", "2020-08", 34074.0, 100.0, 0.25, 2), ("PR", "2020-07", 1000.0, None, 0.3333, 1)]


def test_copies_of_files_do_not_change_the_report(spark: SparkSession, run_job: RunJob, messy: Outcome) -> None:
    copies = {f"copy/{name}": content for name, content in MESSY.items() if name.endswith(".csv")}
    outcome = run_job({**MESSY, **copies})
    assert outcome.report_text == messy.report_text
    assert outcome.summary["rows"] == {"read": 20, "counted": 3, "rejected": 17}


def test_a_run_without_rejected_rows_publishes_a_file_with_only_a_header(run_job: RunJob) -> None:
    outcome = run_job({"a.csv": BEDS + "FL,2020-08-01,1\n"})
    assert (outcome.folder / "rejected" / "rows.csv").read_text() == "reason,detail,source_file,line\n"
    assert outcome.summary["rejected_by_reason"] == {}


def test_cells_with_a_formula_start_with_an_apostrophe(run_job: RunJob) -> None:
    lines = [f"{cell},2020-08-01,1" for cell in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1", "\uff20A")]
    outcome = run_job({"=a.csv": BEDS + "FL,2020-08-01,1\n" + "\n".join([*lines, "Z-Z,2020-08-01,1"]) + "\n"})
    assert sorted(row["line"] for row in outcome.rejected) == sorted(
        [*(f"'{line}" for line in lines), "Z-Z,2020-08-01,1"]
    )
    assert {row["source_file"] for row in outcome.rejected} == {"'=a.csv"}


def test_a_second_run_replaces_all_results(run_job: RunJob) -> None:
    run_job({"a.csv": BEDS + "FL,2020-08-01,1\nFL,2020-08-02,x\n"})
    outcome = run_job({"a.csv": BEDS + "CA,2020-08-01,2\n"})
    assert list(outcome.report) == [("CA", "2020-08")]
    assert outcome.rejected == []
    parquet = outcome.folder / "curated" / "covid_report" / "run_date=2022-02-10"
    assert [path.name for path in parquet.glob("*.parquet")] == ["report.parquet"]


def test_rows_of_the_year_0_are_rejected(run_job: RunJob) -> None:
    outcome = run_job({"a.csv": BEDS + "CA,2020-08-01,2\nZZ,0000-01-01,1\nCA,0000-12-31,1\n"})
    assert sorted(outcome.reasons) == [("invalid_date", "CA,0000-12-31,1"), ("invalid_date", "ZZ,0000-01-01,1")]


def test_a_run_without_a_valid_row_publishes_only_the_rejected_rows(spark: SparkSession, tmp_path: Path) -> None:
    write_files(tmp_path, {"raw/a.csv": BEDS + "FL,2020-08-01,-1\n,,\n", "processed/summary.json": "{}"})
    with pytest.raises(CovidReportError) as caught:
        run(spark, arguments_for(tmp_path))
    assert str(caught.value) == (
        "all 2 rows were rejected (invalid_date 1, invalid_number 1), so there is no report; "
        f"see file://{tmp_path}/rejected/rows.csv, fix the files and run again"
    )
    assert Outcome(tmp_path, "").reasons == [("invalid_date", ",,"), ("invalid_number", "FL,2020-08-01,-1")]
    assert not list((tmp_path / "processed").glob("*"))
    assert not (tmp_path / "curated").exists()


def test_files_without_rows_are_an_error_that_publishes_nothing(spark: SparkSession, tmp_path: Path) -> None:
    write_files(tmp_path, {"raw/a.csv": BEDS, "raw/b.csv": BEDS.strip()})
    with pytest.raises(
        CovidReportError, match=r"no rows: a\.csv, b\.csv in file:.* contain only a header; export them"
    ):
        run(spark, arguments_for(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_damaged_file_publishes_nothing_and_keeps_the_earlier_report(run_job: RunJob) -> None:
    earlier = run_job({"a.csv": BEDS + "FL,2020-08-01,1\n"})
    before = earlier.report_text, earlier.summary
    with pytest.raises(CovidReportError, match=r"b\.csv has a quote that is not closed"):
        run_job({"b.csv": BEDS + 'FL,2020-08-02,"1\nFL,2020-08-03,2\n'})
    assert (earlier.report_text, earlier.summary) == before

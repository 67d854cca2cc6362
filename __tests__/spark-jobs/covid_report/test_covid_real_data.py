"""Real exports: the report of the job equals a report computed without Spark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from covid_runs import run_on
from expected_report import expected_report
from pyspark.sql import SparkSession

DATA = Path(__file__).parents[4] / "shared" / "data"
FULL = "hhs_state_timeseries_2020-08-26.csv"
EIGHT_STATES = "hhs_state_timeseries_2022_export_8_states.csv"


@pytest.mark.parametrize(
    ("names", "rows", "rejected"),
    [((FULL,), 22, 0), ((EIGHT_STATES,), 5680, 0), ((EIGHT_STATES, FULL), 5702, 4)],
    ids=["22 states", "8 states", "both"],
)
def test_the_report_equals_the_report_computed_without_spark(
    spark: SparkSession, tmp_path: Path, names: tuple[str, ...], rows: int, rejected: int
) -> None:
    missing = [name for name in names if not (DATA / name).exists()]
    if missing:
        pytest.skip(f"{DATA} does not contain the real exports {', '.join(missing)}")
    (tmp_path / "raw").mkdir()
    for name in names:
        shutil.copyfile(DATA / name, tmp_path / "raw" / name)
    outcome = run_on(spark, tmp_path)
    assert {key: list(row.values())[2:] for key, row in outcome.report.items()} == expected_report(
        *(DATA / name for name in names)
    )
    assert list(outcome.report) == sorted(outcome.report)
    assert outcome.summary["rows"] == {"read": rows, "counted": rows - rejected, "rejected": rejected}

"""Rows of every kind, for which the job and the check of `npm run covid:load` have the same result."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

from covid_report.check import check_file
from covid_runs import run_on
from pyspark.sql import SparkSession

ROWS = Path(__file__).parents[2] / "fixtures" / "covid-rows.csv"

WITHOUT_KEY = {"invalid_date", "unknown_state", "wrong_number_of_cells"}
"""Reasons of rows without a valid state and day."""


def test_each_row_has_the_outcome_in_its_last_cell(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    shutil.copyfile(ROWS, tmp_path / "raw" / ROWS.name)
    outcome = run_on(spark, tmp_path)
    judged = [(row["reason"], next(csv.reader([row["line"]]))[-1]) for row in outcome.rejected]
    assert [(reason, expected) for reason, expected in judged if reason != expected] == []
    assert outcome.summary["rejected_by_reason"] == expected_rejections()
    checked = check_file(ROWS)
    assert checked["rows"] == outcome.summary["rows"]["read"]
    assert checked["states"] == sorted({row[0].strip().upper() for row in rows() if row[-1] not in WITHOUT_KEY})


def expected_rejections() -> dict[str, int]:
    return dict(Counter(row[-1] for row in rows() if row[-1] != "counted"))


def rows() -> list[list[str]]:
    with ROWS.open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.reader(stream) if len(row) > 1 and row[-1].lower() != "expected"]

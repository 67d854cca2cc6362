"""Rows in whose states and days `npm run covid:load` has to agree with the job: covid-export.test.ts reads them too."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

from covid_runs import run_on
from pyspark.sql import SparkSession

ROWS = Path(__file__).parents[2] / "fixtures" / "covid-rows.csv"


def test_the_job_judges_each_row_as_its_last_cell_says(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    shutil.copyfile(ROWS, tmp_path / "raw" / ROWS.name)
    outcome = run_on(spark, tmp_path)
    judged = [(row["reason"], next(csv.reader([row["line"]]))[-1]) for row in outcome.rejected]
    assert [(reason, expected) for reason, expected in judged if reason != expected] == []
    assert outcome.summary["rejected_by_reason"] == expected_rejections()


def expected_rejections() -> dict[str, int]:
    with ROWS.open(encoding="utf-8-sig", newline="") as stream:
        expected = [row[-1] for row in csv.reader(stream) if len(row) > 1]
    return dict(Counter(reason for reason in expected if reason.lower() not in ("counted", "expected")))

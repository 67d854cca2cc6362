"""Folders with CSV files, and runs of the job."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from covid_report.arguments import Arguments
from covid_report.job import run
from pyspark.sql import SparkSession


@dataclass(frozen=True)
class Outcome:
    """Results of a run."""

    folder: Path
    message: str

    @property
    def report_text(self) -> str:
        return (self.folder / "processed" / "covid_report.csv").read_text(encoding="utf-8")

    @property
    def report(self) -> dict[tuple[str, str], dict[str, str]]:
        """Cells of the report by state and month."""
        return {(row["state"], row["month"]): row for row in csv.DictReader(self.report_text.splitlines())}

    @property
    def summary(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "processed" / "summary.json").read_bytes())
        return content

    @property
    def rejected(self) -> list[dict[str, str]]:
        with (self.folder / "rejected" / "rows.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """(reason, line) of each rejected row, sorted."""
        return sorted((row["reason"], row["line"]) for row in self.rejected)


def arguments_for(folder: Path, run_date: date = date(2022, 2, 10)) -> Arguments:
    """raw/, processed/, rejected/ and curated/ in one folder."""
    return Arguments(
        input=f"file://{folder}/raw",
        output=f"file://{folder}/processed",
        rejected=f"file://{folder}/rejected",
        table=f"file://{folder}/curated/covid_report",
        run_date=run_date,
    )


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by path relative to `folder`; returns the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run_on(spark: SparkSession, folder: Path) -> Outcome:
    """Run the whole job on folder/raw."""
    return Outcome(folder, run(spark, arguments_for(folder)))

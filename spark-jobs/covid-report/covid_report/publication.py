"""Publishes each result atomically, and summary.json last: a run with a summary is complete."""

from __future__ import annotations

import contextlib
import csv
import io
import uuid
from collections.abc import Sequence
from typing import Any

from py4j.protocol import Py4JError
from pyspark.sql import Column, DataFrame, Observation, Row
from pyspark.sql import functions as F

from covid_report.arguments import Arguments
from covid_report.errors import CovidReportError
from covid_report.reading import CSV_TEXT
from covid_report.schema import DECIMALS, PARTITION, REPORT_COLUMNS, REPORT_TYPES, require_columns
from covid_report.storage import Storage

REJECTED_COLUMNS = ("reason", "detail", "source_file", "line")

FORMULA = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
"""Start of a formula in a spreadsheet, including full-width characters:
https://owasp.org/www-community/attacks/CSV_Injection"""


class Publication:
    """The files of one run; the context manager deletes the staging folder at the end."""

    def __init__(self, storage: Storage, arguments: Arguments) -> None:
        self._storage = storage
        self._staging = f"{arguments.output}/_staging-{uuid.uuid4()}"
        self.rejected = f"{arguments.rejected}/rows.csv"
        self.table = f"{arguments.table}/{PARTITION}={arguments.run_date.isoformat()}/report.parquet"
        self.report = f"{arguments.output}/covid_report.csv"
        self.summary = f"{arguments.output}/summary.json"

    def __enter__(self) -> Publication:
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: object, trace: object) -> None:
        # An error of the deletion must not hide the original error.
        with contextlib.suppress(*(() if kind is None else (Py4JError,))):
            self._storage.delete(self._staging)

    @property
    def results(self) -> dict[str, str]:
        """URIs of the published files by kind."""
        return {"report": self.report, "table": self.table, "rejected": self.rejected}

    def withdraw_summary(self) -> None:
        """Delete the summary of an earlier run in the same folder: the run is incomplete until it ends."""
        self._storage.delete(self.summary)

    def publish_rejected(self, rejected: DataFrame, expected: int) -> None:
        """Replace rows.csv by these rows, sorted by file; without rows it has only a header.

        Cells with a formula start with an apostrophe.
        """
        require_columns(rejected, REJECTED_COLUMNS)
        if expected == 0:
            self._storage.put(self.rejected, (",".join(REJECTED_COLUMNS) + "\n").encode())
            return
        written = Observation()
        cells = [_without_formula(name) for name in REJECTED_COLUMNS]
        rows = rejected.select(*cells).observe(written, F.count(F.lit(1)).alias("row_count"))
        rows = rows.repartition(1).sortWithinPartitions("source_file", "reason", "line")
        rows.write.options(**CSV_TEXT).csv(f"{self._staging}/rejected", header=True, lineSep="\n")
        actual = written.get["row_count"]
        if actual != expected:
            raise CovidReportError(
                f"{actual} rejected rows were written, not {expected}; nothing was published, run again"
            )
        self._publish_staged("rejected", self.rejected)

    def publish_report(self, report: DataFrame, rows: Sequence[Row]) -> None:
        """Replace the partition of the table by the report, then the CSV by `rows`, the rows of the report."""
        require_columns(report, REPORT_COLUMNS)
        typed = report.select(*(F.col(name).cast(kind).alias(name) for name, kind in REPORT_TYPES.items()))
        typed.coalesce(1).write.parquet(f"{self._staging}/table")
        self._publish_staged("table", self.table)
        self._storage.put(self.report, render_csv(rows))

    def publish_summary(self, content: bytes) -> None:
        """The last file of a run."""
        self._storage.put(self.summary, content)

    def _publish_staged(self, name: str, target: str) -> None:
        folder = f"{self._staging}/{name}"
        parts = [file for file in self._storage.list_files(folder) if file.name.startswith("part-")]
        if len(parts) != 1:
            raise CovidReportError(f"Spark wrote {len(parts)} files to {folder} instead of one; run again")
        self._storage.copy(parts[0].uri, target)


def _without_formula(name: str) -> Column:
    cell = F.col(name)
    return F.when(cell.rlike(FORMULA), F.concat(F.lit("'"), cell)).otherwise(cell).alias(name)


def render_csv(report: Sequence[Row]) -> bytes:
    """The report as CSV: a header, LF line endings, empty cells for null, fixed decimals, UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(REPORT_COLUMNS)
    writer.writerows([_cell(name, row[name]) for name in REPORT_COLUMNS] for row in report)
    return text.getvalue().encode()


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.{DECIMALS[name]}f}" if name in DECIMALS else str(value)

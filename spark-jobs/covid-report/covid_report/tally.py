"""Numbers of rows read, counted and rejected, and the check that no row is lost or duplicated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from covid_report.errors import CovidReportError
from covid_report.reading import HEADER, WRONG_CELLS, relative_name

COUNTED = ""


@dataclass
class FileTally:
    """Rows of one file. `outcomes` has the counted rows under "" and rejected rows under their reason."""

    read: int = 0
    repeated_headers: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def counted(self) -> int:
        return self.outcomes[COUNTED]

    @property
    def rejected(self) -> int:
        return sum(self.outcomes.values()) - self.counted


@dataclass(frozen=True)
class Tally:
    """Rows by file name for all files of the input, and first and last day of counted rows."""

    files: dict[str, FileTally]
    first_day: date | None
    last_day: date | None

    @property
    def read(self) -> int:
        return sum(file.read for file in self.files.values())

    @property
    def counted(self) -> int:
        return sum(file.counted for file in self.files.values())

    @property
    def rejected(self) -> int:
        return sum(file.rejected for file in self.files.values())

    @property
    def repeated_headers(self) -> int:
        return sum(file.repeated_headers for file in self.files.values())

    @property
    def reasons(self) -> dict[str, int]:
        """Rejected rows by reason, sorted."""
        total: Counter[str] = Counter()
        for file in self.files.values():
            total.update(file.outcomes)
        return {reason: total[reason] for reason in sorted(total) if reason != COUNTED}

    def verify(self, report: Sequence[Row]) -> None:
        """Raise CovidReportError when a row is lost or duplicated in a file or in the report."""
        for name, file in sorted(self.files.items()):
            if file.counted + file.rejected != file.read:
                raise CovidReportError(
                    f"the counts do not add up: {name} has {file.read} rows, but {file.counted} were counted and "
                    f"{file.rejected} rejected; nothing was published. Do not change files during a run; run again"
                )
        in_report = sum(row["row_count"] for row in report)
        if in_report != self.counted:
            raise CovidReportError(
                f"the counts do not add up: the report includes {in_report} rows, not {self.counted}; nothing was "
                "published. Run again"
            )


def count_outcomes(sums: DataFrame, folder: str) -> list[Row]:
    """`row_count`, `first_day` and `last_day` by `source_file`, `defect` and `reason`, from sums by uri and defect."""
    return (
        sums.groupBy("uri", "defect", "reason")
        .agg(
            F.sum("row_count").alias("row_count"),
            F.min("first_day").alias("first_day"),
            F.max("last_day").alias("last_day"),
        )
        .withColumn("source_file", relative_name(F.col("uri"), folder))
        .collect()
    )


def tally_rows(names: Sequence[str], lines: dict[str, dict[str, int]], outcomes: Sequence[Row]) -> Tally:
    """`names` are all files; `lines` has their lines by defect."""
    files = {name: FileTally() for name in names}
    for name, defects in lines.items():
        file = files.setdefault(name, FileTally())
        file.read = defects.get("", 0) + defects.get(WRONG_CELLS, 0)
        file.repeated_headers = max(defects.get(HEADER, 0) - 1, 0)
    for row in outcomes:
        if row["defect"] in (None, WRONG_CELLS):
            files.setdefault(row["source_file"], FileTally()).outcomes[row["reason"] or COUNTED] += row["row_count"]
    days = [(row["first_day"], row["last_day"]) for row in outcomes if row["reason"] is None]
    first_days, last_days = zip(*days) if days else ((), ())
    return Tally(files, min(first_days, default=None), max(last_days, default=None))

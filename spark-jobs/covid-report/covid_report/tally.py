"""How many rows were read, counted and rejected; the proof that none is lost or counted twice."""

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
    """Lines of one file. `outcomes` has the rows that count under "" and the rejected ones under their reason."""

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
    """Rows by file name; every file of the input is there. The days are those of rows that count."""

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
        """Rejected rows by reason, sorted by it."""
        total: Counter[str] = Counter()
        for file in self.files.values():
            total.update(file.outcomes)
        return {reason: total[reason] for reason in sorted(total) if reason != COUNTED}

    def verify(self, report: Sequence[Row]) -> None:
        """Refuse numbers that lost a row or have one twice: by file, and in the sum of the report's rows."""
        for name, file in sorted(self.files.items()):
            if file.counted + file.rejected != file.read:
                raise CovidReportError(
                    f"the counts do not add up: {name} holds {file.read} rows, but {file.counted} were counted and "
                    f"{file.rejected} rejected; nothing was published. Change no file while the job runs, run again"
                )
        in_report = sum(row["row_count"] for row in report)
        if in_report != self.counted:
            raise CovidReportError(
                f"the counts do not add up: the report has {in_report} rows in it, not {self.counted}; nothing was "
                "published. Run again"
            )


def count_outcomes(sums: DataFrame, folder: str) -> list[Row]:
    """`row_count`, `first_day` and `last_day` by `source_file`, `defect` and `reason`, of sums by uri and defect."""
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
    """`names` are all files; `lines` counts the lines of each as they were read, by defect."""
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

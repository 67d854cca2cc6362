"""The monthly report computed with the csv module and exact fractions, without Spark.

`python expected_report.py FILE …` prints it as CSV without a header.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

METRICS = (
    "inpatient_beds",
    "total_staffed_adult_icu_beds",
    "inpatient_bed_covid_utilization_numerator",
    "inpatient_bed_covid_utilization_denominator",
)

Numbers = list["Fraction | None"]


@dataclass
class Month:
    """Numbers of each day, in the order of METRICS."""

    days: list[Numbers] = field(default_factory=list)

    def cells(self) -> list[str]:
        beds, icu_beds = (mean([day[index] for day in self.days]) for index in (0, 1))
        both = [(day[2], day[3]) for day in self.days if day[2] is not None and day[3] is not None]
        denominator = sum((pair[1] for pair in both), Fraction(0))
        rate = sum((pair[0] for pair in both), Fraction(0)) / denominator if denominator else None
        days = sum(any(day[index] is not None for index in range(4)) for day in self.days)
        return [rounded(beds, 2), rounded(icu_beds, 2), rounded(rate, 4), str(days)]


def mean(numbers: Numbers) -> Fraction | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def rounded(number: Fraction | None, decimals: int) -> str:
    if number is None:
        return ""
    scaled = (number * 10**decimals + Fraction(1, 2)).__floor__()
    return str((Decimal(scaled) / 10**decimals).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP))


def expected_report(*files: Path) -> dict[tuple[str, str], list[str]]:
    """Report cells by state and month; of duplicates the row with more numbers is counted."""
    best: dict[tuple[str, str], Numbers] = {}
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                numbers = [Fraction(row[m].replace(",", "")) if row.get(m) else None for m in METRICS]
                key = row["state"], row["date"].replace("/", "-")
                if key not in best or sum(n is not None for n in numbers) > sum(n is not None for n in best[key]):
                    best[key] = numbers
    months: dict[tuple[str, str], Month] = defaultdict(Month)
    for (state, day), numbers in best.items():
        months[state, day[:7]].days.append(numbers)
    return {key: month.cells() for key, month in sorted(months.items())}


if __name__ == "__main__":
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for (state, month), cells in expected_report(*map(Path, sys.argv[1:])).items():
        writer.writerow([state, month, *cells])

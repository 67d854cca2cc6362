"""schemas/covid-report.json: the report's columns, the source columns they come from, their formats, and the states."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame

from covid_report.errors import CovidReportError

FILE = "covid-report.json"


def _load() -> dict[str, Any]:
    try:
        # Inside the zip that --py-files names.
        packaged = pkgutil.get_data("covid_report", FILE)
    except FileNotFoundError:
        packaged = (Path(__file__).parents[3] / "schemas" / FILE).read_bytes()
    if packaged is None:
        raise CovidReportError(f"the package covid_report has no {FILE}; build the job again")
    declared: dict[str, Any] = json.loads(packaged)
    return declared


_declared = _load()

REPORT_COLUMNS: tuple[str, ...] = tuple(column["name"] for column in _declared["columns"])
"""In the order of the CSV and of the Parquet file."""

REPORT_TYPES: dict[str, str] = {column["name"]: column["type"] for column in _declared["columns"]}
"""Types of the Parquet file by column: Spark and Glue name these alike."""

DECIMALS: dict[str, int] = {c["name"]: c["decimals"] for c in _declared["columns"] if "decimals" in c}
"""Digits after the point, by report column; rounded half up."""

PARTITION: str = _declared["partition"]["name"]

KEYS: tuple[str, ...] = tuple(key["name"] for key in _declared["source"]["keys"])
"""Columns that every source file has."""

FEEDS: dict[str, str] = {metric["name"]: metric["feeds"] for metric in _declared["source"]["metrics"]}
"""Source column of a metric → the report's column that is empty without it."""

METRICS: tuple[str, ...] = tuple(FEEDS)

BEDS, ICU_BEDS, COVID_BEDS, REPORTING_BEDS = METRICS

STATES: tuple[str, ...] = tuple(_declared["states"])

_formats = _declared["source"]["formats"]

WHITESPACE: str = _formats["whitespace"]
"""Characters that are not part of a cell at its ends."""

DATE_PATTERN: str = _formats["date"]
"""A day of the years 0001 to 9999, with or without a time: year, month and day are the groups 1, 3 and 4."""

NUMBER_PATTERN: str = _formats["number"]["pattern"]
"""A number that is not negative, with or without commas between thousands. Its length is bounded: the conversion to a
decimal takes time in the square of the digits, 9 seconds for 800,000."""

NUMBER_TYPE: str = f"decimal({_formats['number']['digits']},{_formats['number']['decimals']})"
"""Exact sums: a mean of at most 31 such numbers, and a ratio of two sums, round as on paper."""

SUM_TYPE: str = f"decimal({_formats['number']['digits'] + 10},{_formats['number']['decimals']})"
"""What Spark sums such numbers to."""


def require_columns(df: DataFrame, required: Iterable[str]) -> None:
    """Refuse a frame that lacks a column, before Spark fails on it without saying what there is."""
    missing = [name for name in required if name not in df.columns]
    if missing:
        raise CovidReportError(f"columns missing: {', '.join(missing)}; present: {', '.join(df.columns)}")

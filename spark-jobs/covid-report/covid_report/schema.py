"""Columns of the report, source columns, formats and states of schemas/covid-report.json."""

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
        # In the zip of --py-files.
        packaged = pkgutil.get_data("covid_report", FILE)
    except FileNotFoundError:
        packaged = (Path(__file__).parents[3] / "schemas" / FILE).read_bytes()
    if packaged is None:
        raise CovidReportError(f"the package covid_report has no {FILE}; build the job again")
    declared: dict[str, Any] = json.loads(packaged)
    return declared


_declared = _load()

REPORT_COLUMNS: tuple[str, ...] = tuple(column["name"] for column in _declared["columns"])
"""In the order of the CSV and Parquet files."""

REPORT_TYPES: dict[str, str] = {column["name"]: column["type"] for column in _declared["columns"]}
"""Types of the Parquet file by column, with the same names in Spark and Glue."""

DECIMALS: dict[str, int] = {c["name"]: c["decimals"] for c in _declared["columns"] if "decimals" in c}
"""Decimal places by report column."""

PARTITION: str = _declared["partition"]["name"]

KEYS: tuple[str, ...] = tuple(key["name"] for key in _declared["source"]["keys"])
"""Columns that every source file has."""

FEEDS: dict[str, str] = {metric["name"]: metric["feeds"] for metric in _declared["source"]["metrics"]}
"""Source column of a metric → column of the report that is empty without it."""

METRICS: tuple[str, ...] = tuple(FEEDS)

BEDS, ICU_BEDS, COVID_BEDS, REPORTING_BEDS = METRICS

STATES: tuple[str, ...] = tuple(_declared["states"])

_formats = _declared["source"]["formats"]

WHITESPACE: str = _formats["whitespace"]
"""Characters that are trimmed from cells."""

DATE_PATTERN: str = _formats["date"]
"""A date of the years 0001 to 9999, with or without a time; groups 1, 3 and 4 are year, month and day."""

NUMBER_PATTERN: str = _formats["number"]["pattern"]
"""A number that is not negative, with or without thousands separators. Its length is limited, because the conversion to
a decimal takes quadratic time, 9 seconds for 800,000 digits."""

NUMBER_TYPE: str = f"decimal({_formats['number']['digits']},{_formats['number']['decimals']})"
"""Type of exact values."""

SUM_TYPE: str = f"decimal({_formats['number']['digits'] + 10},{_formats['number']['decimals']})"
"""Type of a sum of `NUMBER_TYPE` in Spark."""


def require_columns(df: DataFrame, required: Iterable[str]) -> None:
    """Raise CovidReportError with the missing and the present columns."""
    missing = [name for name in required if name not in df.columns]
    if missing:
        raise CovidReportError(f"columns missing: {', '.join(missing)}; present: {', '.join(df.columns)}")

"""The formulas of the report, compared with manually computed numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from chispa import assert_df_equality
from covid_report.errors import CovidReportError
from covid_report.publication import render_csv
from covid_report.report import filter_counted, filter_rejected, monthly_report, monthly_sums
from pyspark.sql import DataFrame, Row, SparkSession

SCHEMA = (
    "source_file string, line string, state string, day date, inpatient_beds decimal(12,3), "
    "total_staffed_adult_icu_beds decimal(12,3), inpatient_bed_covid_utilization_numerator decimal(12,3), "
    "inpatient_bed_covid_utilization_denominator decimal(12,3), metrics_present int, reason string, detail string"
)

Numbers = tuple["str | None", "str | None", "str | None", "str | None"]
"""inpatient beds, ICU beds, numerator, denominator"""


def frame(spark: SparkSession, *days: tuple[str, str, Numbers], reason: str | None = None) -> DataFrame:
    rows = [
        ("a.csv", "", state, date.fromisoformat(day), *(n and Decimal(n) for n in numbers), 0, reason, None)
        for state, day, numbers in days
    ]
    return spark.createDataFrame(rows, SCHEMA)


def report(spark: SparkSession, *days: tuple[str, str, Numbers]) -> list[str]:
    return (
        render_csv(frame(spark, *days).transform(monthly_sums).transform(monthly_report).collect())
        .decode()
        .splitlines()[1:]
    )


def test_averages_include_only_days_with_a_value(spark: SparkSession) -> None:
    lines = report(
        spark,
        ("FL", "2020-08-01", ("10", "1", None, None)),
        ("FL", "2020-08-02", ("15", None, None, None)),
        ("FL", "2020-08-03", (None, "4", None, None)),
    )
    assert lines == ["FL,2020-08,12.50,2.50,,3"]


def test_the_rate_is_a_ratio_of_sums_over_days_with_both_values(spark: SparkSession) -> None:
    # (1 + 30) / (10 + 100) = 0.2818…; the mean of the ratios is 0.2, with single values it is 131 / 1110.
    lines = report(
        spark,
        ("FL", "2020-08-01", (None, None, "1", "10")),
        ("FL", "2020-08-02", (None, None, "30", "100")),
        ("FL", "2020-08-03", (None, None, "100", None)),
        ("FL", "2020-08-04", (None, None, None, "1000")),
    )
    assert lines == ["FL,2020-08,,,0.2818,2"]


def test_the_rate_is_empty_without_beds_and_zero_without_covid_beds(spark: SparkSession) -> None:
    lines = report(spark, ("FL", "2020-08-01", (None, None, "0", "0")), ("GA", "2020-08-01", (None, None, "0", "7")))
    assert lines == ["FL,2020-08,,,,1", "GA,2020-08,,,0.0000,1"]


def test_a_month_without_metrics_has_a_row(spark: SparkSession) -> None:
    assert report(spark, ("FL", "2020-08-01", (None, None, None, None))) == ["FL,2020-08,,,,0"]


def test_halves_are_rounded_up_and_trailing_zeros_are_written(spark: SparkSession) -> None:
    # 1/8 = 0.125, 21/8 = 2.625 and 1/32 = 0.03125; rounding half to even would give 0.12, 2.62 and 0.0312.
    eight: list[tuple[str, str, Numbers]] = [("FL", f"2020-08-0{day}", ("0", "2", None, None)) for day in range(1, 8)]
    assert report(spark, *eight, ("FL", "2020-08-08", ("1", "7", "1", "32"))) == ["FL,2020-08,0.13,2.63,0.0313,8"]
    assert report(spark, ("FL", "2020-08-01", ("10", None, "1", "2"))) == ["FL,2020-08,10.00,,0.5000,1"]


def test_large_sums_are_exact(spark: SparkSession) -> None:
    most = "999999999.999"
    days: list[tuple[str, str, Numbers]] = [
        ("FL", f"2020-08-{day:02}", (most, most, "1", most)) for day in range(1, 32)
    ]
    assert report(spark, *days) == ["FL,2020-08,1000000000.00,1000000000.00,0.0000,31"]


def test_rows_are_sorted_by_state_and_month(spark: SparkSession) -> None:
    one: Numbers = ("1", None, None, None)
    days = [("FL", "2021-01-31"), ("AK", "2021-02-01"), ("FL", "2020-12-31"), ("AK", "2020-02-29")]
    lines = report(spark, *((state, day, one) for state, day in days))
    assert [line[:10] for line in lines] == ["AK,2020-02", "AK,2021-02", "FL,2020-12", "FL,2021-01"]


def test_an_empty_frame_gives_only_a_header(spark: SparkSession) -> None:
    rows = frame(spark).transform(monthly_sums).transform(monthly_report).collect()
    assert render_csv(rows) == b"state,month,avg_inpatient_beds,avg_icu_beds,covid_patient_rate,days_reported\n"


def test_a_row_is_either_counted_or_rejected(spark: SparkSession) -> None:
    day: tuple[str, str, Numbers] = ("FL", "2020-08-01", ("1", "1", "1", "1"))
    good, bad = frame(spark, day), frame(spark, day, reason="duplicate")
    both = good.unionByName(bad)
    assert_df_equality(both.transform(filter_counted), good)
    assert_df_equality(both.transform(filter_rejected), bad)


def test_a_frame_without_a_column_is_rejected(spark: SparkSession) -> None:
    with pytest.raises(CovidReportError, match=r"columns missing: state, day; present: source_file, line, inpatient"):
        frame(spark).drop("state", "day").transform(monthly_sums)


def test_the_csv_has_no_quotes_and_empty_cells_for_null() -> None:
    row = Row(
        state="FL", month="2020-08", avg_inpatient_beds=Decimal("1E+3"), avg_icu_beds=None, covid_patient_rate=None,
        days_reported=0,
    )  # fmt: skip
    assert render_csv([row]).splitlines()[1] == b"FL,2020-08,1000.00,,,0"

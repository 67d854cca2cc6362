"""The report: one row for each state and month."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from covid_report.cleaning import CHECKED_COLUMNS
from covid_report.schema import (
    BEDS,
    COVID_BEDS,
    DECIMALS,
    ICU_BEDS,
    REPORT_COLUMNS,
    REPORTING_BEDS,
    require_columns,
)


def filter_counted(df: DataFrame) -> DataFrame:
    """Keep the rows without a reason to reject them."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNull())


def filter_rejected(df: DataFrame) -> DataFrame:
    """Keep the rows with a reason to reject them."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNotNull())


def monthly_report(df: DataFrame) -> DataFrame:
    """Rows, at most one for each state and day → the report's columns and `row_count`, sorted by state and month.

    Averages are over the days that have the number. The rate divides sums over the days that have both numbers: a
    mean of daily ratios would let a day with few reporting hospitals weigh as much as any other. Null where there is
    nothing to divide or divide by. Rounded half up.
    """
    require_columns(df, CHECKED_COLUMNS)
    has_rate = F.col(COVID_BEDS).isNotNull() & F.col(REPORTING_BEDS).isNotNull()
    reports = F.col(BEDS).isNotNull() | F.col(ICU_BEDS).isNotNull() | has_rate
    covid_beds, reporting_beds = (F.sum(F.when(has_rate, F.col(name))) for name in (COVID_BEDS, REPORTING_BEDS))
    rate = F.when(reporting_beds > 0, covid_beds / reporting_beds)
    return (
        df.withColumn("month", F.date_format("day", "yyyy-MM"))
        .groupBy("state", "month")
        .agg(
            _rounded("avg_inpatient_beds", F.avg(BEDS)),
            _rounded("avg_icu_beds", F.avg(ICU_BEDS)),
            _rounded("covid_patient_rate", rate),
            F.count(F.when(reports, F.col("day"))).cast("int").alias("days_reported"),
            F.count(F.lit(1)).alias("row_count"),
        )
        .orderBy("state", "month")
        .select(*REPORT_COLUMNS, "row_count")
    )


def _rounded(name: str, value: Column) -> Column:
    return F.round(value, DECIMALS[name]).alias(name)

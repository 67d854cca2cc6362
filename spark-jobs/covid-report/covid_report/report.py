"""The report: one row for each state and month."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from covid_report.schema import (
    BEDS,
    COVID_BEDS,
    DECIMALS,
    ICU_BEDS,
    METRICS,
    REPORT_COLUMNS,
    REPORTING_BEDS,
    SUM_TYPE,
    require_columns,
)


def filter_counted(df: DataFrame) -> DataFrame:
    """Keep the rows without a reason."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNull())


def filter_rejected(df: DataFrame) -> DataFrame:
    """Keep the rows with a reason."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNotNull())


def monthly_sums(df: DataFrame, *keys: str) -> DataFrame:
    """Sum the rows by state and month; for rejected rows only `row_count` is relevant.

    `keys` are additional grouping columns. The result has one partition, so further sums need no shuffle.
    """
    require_columns(df, ("state", "day", *METRICS, "reason"))
    counts = F.col("reason").isNull()
    has_rate = F.col(COVID_BEDS).isNotNull() & F.col(REPORTING_BEDS).isNotNull()
    reports = F.col(BEDS).isNotNull() | F.col(ICU_BEDS).isNotNull() | has_rate
    good_day = F.when(counts, F.col("day"))
    month = F.trunc(good_day, "month").alias("month")
    return (
        df.groupBy(*keys, "reason", F.when(counts, F.col("state")).alias("state"), month)
        .agg(
            *(_thousandths(F.col(name)).alias(name) for name in (BEDS, ICU_BEDS)),
            *(F.count(name).alias(_days(name)) for name in (BEDS, ICU_BEDS)),
            *(_thousandths(F.when(has_rate, F.col(name))).alias(name) for name in (COVID_BEDS, REPORTING_BEDS)),
            F.count(F.when(reports, F.col("day"))).alias("days_reported"),
            F.bit_or(F.expr("shiftleft(1, dayofmonth(day) - 1)")).alias("days"),
            F.count(F.lit(1)).alias("row_count"),
            F.min(good_day).alias("first_day"),
            F.max(good_day).alias("last_day"),
        )
        .coalesce(1)
    )


def monthly_report(sums: DataFrame) -> DataFrame:
    """Convert `monthly_sums` to the columns of the report, `row_count` and `day_count`, sorted by state and month.

    Averages include only days with a value. The rate is a ratio of sums over the days with both values, because a mean
    of daily ratios would give days with few reporting hospitals the same weight. Values are null without data, and
    rounded half up. More rows than days indicate duplicates.
    """
    covid_beds, reporting_beds = _sum(COVID_BEDS), _sum(REPORTING_BEDS)
    return (
        sums.transform(filter_counted)
        .groupBy("state", F.date_format("month", "yyyy-MM").alias("month"))
        .agg(
            _rounded("avg_inpatient_beds", _sum(BEDS) / F.sum(_days(BEDS))),
            _rounded("avg_icu_beds", _sum(ICU_BEDS) / F.sum(_days(ICU_BEDS))),
            _rounded("covid_patient_rate", F.when(reporting_beds > 0, covid_beds / reporting_beds)),
            F.sum("days_reported").cast("int").alias("days_reported"),
            F.sum("row_count").alias("row_count"),
            F.bit_count(F.bit_or("days")).alias("day_count"),
        )
        .orderBy("state", "month")
        .select(*REPORT_COLUMNS, "row_count", "day_count")
    )


def _days(metric: str) -> str:
    return f"{metric}_days"


def _thousandths(metric: Column) -> Column:
    """Exact sum as an integer, which is much faster than a decimal sum in Spark; a double has 15 digits.

    It can hold 9 million of the largest numbers; a month with more than 31 rows has duplicates and is summed again.
    """
    return F.sum(F.rint(metric.cast("double") * 1000).cast("bigint"))


def _sum(metric: str) -> Column:
    return (F.sum(metric).cast("decimal(19,0)") / 1000).cast(SUM_TYPE)


def _rounded(name: str, value: Column) -> Column:
    return F.round(value, DECIMALS[name]).alias(name)

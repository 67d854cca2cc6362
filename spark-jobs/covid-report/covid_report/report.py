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
    """Keep the rows without a reason to reject them."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNull())


def filter_rejected(df: DataFrame) -> DataFrame:
    """Keep the rows with a reason to reject them."""
    require_columns(df, ["reason"])
    return df.filter(F.col("reason").isNotNull())


def monthly_sums(df: DataFrame, *keys: str) -> DataFrame:
    """Rows → sums of the numbers of rows that count, by state and month; of the others only `row_count` means anything.

    `keys` are further columns to sum by. The frame has one partition, so that Spark moves nothing to sum further.
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
    """Sums of `monthly_sums` → the report's columns, `row_count` and `day_count`, sorted by state and month.

    Averages are over the days that have the number. The rate divides sums over the days that have both numbers: a
    mean of daily ratios would let a day with few reporting hospitals weigh as much as any other. Null where there is
    nothing to divide or divide by. Rounded half up. More rows than days are duplicates.
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
    """Exact sum as a whole number, which takes Spark much less time than a decimal: a double holds 15 digits.

    It holds 9 million of the largest numbers; more than 31 rows of a month are duplicates, and are summed again.
    """
    return F.sum(F.rint(metric.cast("double") * 1000).cast("bigint"))


def _sum(metric: str) -> Column:
    return (F.sum(metric).cast("decimal(19,0)") / 1000).cast(SUM_TYPE)


def _rounded(name: str, value: Column) -> Column:
    return F.round(value, DECIMALS[name]).alias(name)

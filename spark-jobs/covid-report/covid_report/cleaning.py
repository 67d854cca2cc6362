"""Typed values, and the reason why a row is rejected.

A row has the first of these reasons:

- `wrong_number_of_cells`: an unquoted comma or a truncated line shifts the cells;
- `invalid_date`: not a calendar date in the format of the schema: yyyy-MM-dd or yyyy/MM/dd, with or without a time;
- `unknown_state`: not a postal code of the schema;
- `invalid_number`: a metric that is negative, not a number, 10^9 or more, or longer than the pattern of the schema;
- `numerator_above_denominator`: more beds with COVID patients than beds;
- `duplicate`: another row of the same state and day is counted (covid_report.duplicates).
"""

from __future__ import annotations

from functools import reduce
from operator import add, or_

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from covid_report.reading import ROW_COLUMNS, WRONG_CELLS, trimmed
from covid_report.schema import (
    COVID_BEDS,
    DATE_PATTERN,
    KEYS,
    METRICS,
    NUMBER_PATTERN,
    NUMBER_TYPE,
    REPORTING_BEDS,
    STATES,
    WHITESPACE,
    require_columns,
)

INVALID_DATE = "invalid_date"
UNKNOWN_STATE = "unknown_state"
INVALID_NUMBER = "invalid_number"
ABOVE_DENOMINATOR = "numerator_above_denominator"

MAX_QUOTED = 80
"""Characters of a cell in `detail`."""

CHECKED_COLUMNS = ("source_file", "line", "state", "day", *METRICS, "metrics_present", "reason", "detail")
"""`day` is a date, metrics are decimals, `metrics_present` is their number; `reason` is null for a valid row."""


def with_checks(df: DataFrame, *kept: str) -> DataFrame:
    """Convert text (`ROW_COLUMNS`) to typed values with a reason (`CHECKED_COLUMNS`), without duplicates.

    `kept` are additional columns.
    """
    require_columns(df, ROW_COLUMNS)
    values = [F.col(_value(name)).alias(name) for name in METRICS]
    return (
        df.select(*dict.fromkeys((*ROW_COLUMNS, *kept)))
        .transform(with_trimmed_cells)
        .transform(with_values)
        .transform(with_reason)
        .select("source_file", "line", "state", "day", *values, "metrics_present", "reason", "detail", *kept)
    )


def with_trimmed_cells(df: DataFrame) -> DataFrame:
    """Trim cells, replace empty cells by null, and convert states to upper case."""
    names = (*KEYS, *METRICS)
    # Trimming all cells takes a tenth of a run, and few rows need it.
    spaced = reduce(or_, (F.concat_ws("", *names).contains(character) for character in WHITESPACE))
    cells = {name: F.when(F.col("spaced"), trimmed(F.col(name))).when(F.col(name) != "", F.col(name)) for name in names}
    return df.withColumn("spaced", spaced).withColumns({**cells, "state": F.upper(cells["state"])}).drop("spaced")


def with_values(df: DataFrame) -> DataFrame:
    """Add `day`, a value for each metric, and `metrics_present`; null for an invalid text."""
    # to_date with a pattern throws for some texts; a cast gives null for an invalid date, and ignores a time.
    day = F.when(F.col("date").rlike(DATE_PATTERN), F.replace("date", F.lit("/"), F.lit("-"))).cast("date")
    values = {_value(name): _number(F.col(name)) for name in METRICS}
    present = reduce(add, (F.col(_value(name)).isNotNull().cast("int") for name in METRICS))
    return df.withColumns({"day": day, **values}).withColumn("metrics_present", present)


def with_reason(df: DataFrame) -> DataFrame:
    """Add `reason` and `detail` with the invalid value; both are null for a valid row."""
    failures = [
        F.when(F.col("defect").isNotNull(), _failure(WRONG_CELLS, F.lit("not as many cells as the header"))),
        F.when(F.col("day").isNull(), _failure(INVALID_DATE, _quoted("date"))),
        F.when(~F.coalesce(F.col("state"), F.lit("")).isin(*STATES), _failure(UNKNOWN_STATE, _quoted("state"))),
        *(
            F.when(F.col(name).isNotNull() & F.col(_value(name)).isNull(), _failure(INVALID_NUMBER, _quoted(name)))
            for name in METRICS
        ),
        F.when(
            F.col(_value(COVID_BEDS)) > F.col(_value(REPORTING_BEDS)),
            _failure(ABOVE_DENOMINATOR, F.concat(COVID_BEDS, F.lit(" of "), REPORTING_BEDS, F.lit(" beds"))),
        ),
    ]
    return (
        df.withColumn("failure", F.coalesce(*failures))
        .withColumns({"reason": F.col("failure.reason"), "detail": F.col("failure.detail")})
        .drop("failure")
    )


def _value(metric: str) -> str:
    return f"{metric}_value"


def _number(text: Column) -> Column:
    # Most numbers are plain integers, for which a cast is cheaper than a pattern.
    integer = text.cast("int")
    plain = F.when((integer >= 0) & (integer.cast("string") == text), integer).cast(NUMBER_TYPE)
    other = F.when(text.rlike(NUMBER_PATTERN), F.replace(text, F.lit(","), F.lit(""))).cast(NUMBER_TYPE)
    return F.coalesce(plain, other)


def _failure(reason: str, detail: Column) -> Column:
    return F.struct(F.lit(reason).alias("reason"), detail.alias("detail"))


def _quoted(name: str) -> Column:
    text = F.col(name)
    # The column `line` has the whole cell.
    short = F.when(F.length(text) > MAX_QUOTED, F.concat(F.substring(text, 1, MAX_QUOTED), F.lit("…"))).otherwise(text)
    return F.coalesce(F.concat(F.lit(f"{name} '"), short, F.lit("'")), F.lit(f"{name} is empty"))

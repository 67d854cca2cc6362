"""One row for each state and day."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from covid_report.cleaning import CHECKED_COLUMNS
from covid_report.schema import require_columns

DUPLICATE = "duplicate"


def with_duplicates_rejected(df: DataFrame) -> DataFrame:
    """Count one valid row of each state and day, and reject the others with the reason `duplicate`.

    The row with more metrics is counted; then the row of the last file name, because exports have their date in the
    name; then the last line, so that the result is deterministic.
    """
    require_columns(df, CHECKED_COLUMNS)
    # Rejected rows are not compared; the hash distributes them over the partitions.
    part = F.when(F.col("reason").isNotNull(), F.xxhash64("source_file", "line"))
    rivals = Window.partitionBy("state", "day", part).orderBy(
        F.desc("metrics_present"), F.desc("source_file"), F.desc("line")
    )
    loses = F.col("reason").isNull() & (F.row_number().over(rivals) > 1)
    winner = F.first("source_file").over(rivals)
    counted = F.concat(F.col("state"), F.lit(" "), F.col("day").cast("string"), F.lit(" is counted from "), winner)
    return (
        df.withColumns({"loses": loses, "counted": counted})
        .withColumn("reason", F.when(F.col("loses"), F.lit(DUPLICATE)).otherwise(F.col("reason")))
        .withColumn("detail", F.when(F.col("loses"), F.col("counted")).otherwise(F.col("detail")))
        .select(*df.columns)
    )

package com.clicklogger.loggregator

import org.apache.spark.sql.{Column, DataFrame}
import org.apache.spark.sql.functions._

/** The rules of [[ClickRules]] in Spark SQL without common code, for comparison in tests. */
object SqlCounts {
  private val monthFirst = "^(\\d{2})-(\\d{2})-(\\d{4}) (\\d{2}:\\d{2}:\\d{2})$"
  private val iso8601 = "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?$"

  /** Adds `reason`, which is empty for a valid row, and `day`, which is null for an invalid time. */
  def check(clicks: DataFrame): DataFrame = {
    val time = regexp_replace(trim(col("createdtime")), monthFirst, "$3-$1-$2 $4")
    clicks
      .withColumn("day", to_date(try_to_timestamp(when(time.rlike(iso8601), time))).cast("string"))
      .withColumn(
        "reason",
        concat_ws(
          " and ",
          when(isBlank("callerid"), "missing callerid"),
          when(isBlank("component"), "missing component"),
          when(col("day").isNull, "unreadable createdtime")
        )
      )
  }

  private def isBlank(column: String): Column = !coalesce(col(column).rlike("(?U)\\S"), lit(false))

  /** The counts of rows with `reason`, `day` and `sourcefile`. */
  def tally(checked: DataFrame): Tally = {
    val clicks = checked.filter(col("reason") === "").groupBy("day", "callerid", "component").count().collect()
    val rejected = checked.filter(col("reason") =!= "").groupBy("reason", "sourcefile").count().collect()
    Tally(
      clicks.toSeq
        .map(row => ClickCount(row.getString(0), row.getString(1), row.getString(2), row.getLong(3)))
        .sortBy(row => (row.createdTime, row.callerid, row.component, row.count)),
      rejected.toSeq.map(row => RejectedCount(row.getString(0), row.getString(1), row.getLong(2)))
    )
  }
}

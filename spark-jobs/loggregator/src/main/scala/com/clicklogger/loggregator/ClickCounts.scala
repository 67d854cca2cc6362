package com.clicklogger.loggregator

import org.apache.spark.sql.{Column, DataFrame}
import org.apache.spark.sql.functions._

/** From clicks to counts. Every function takes clicks, or what the one before it returns, and adds to it. */
object ClickCounts {
  // The dates of the first version of the system, month first; its 12-hour clock does not touch the day.
  private val monthFirst = "^(\\d{2})-(\\d{2})-(\\d{4}) (\\d{2}:\\d{2}:\\d{2})$"
  // Spark's own parser also reads "2023" and takes "10:15" for a time of today.
  private val iso8601 = "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?$"
  // (?U): a no-break space is blank too.
  private val someText = "(?U)\\S"

  /** Adds `eventdate`: the UTC day of `createdtime`, null when that cannot be read.
    *
    * The session's time zone must be UTC, which is also the zone of a time that names none.
    */
  def withEventDate(clicks: DataFrame): DataFrame = {
    val text = trim(col("createdtime"))
    // Almost no row is of the old format; looking at one character spares the others a regular expression.
    val time = when(text.substr(3, 1) === "-", regexp_replace(text, monthFirst, "$3-$1-$2 $4")).otherwise(text)
    clicks.withColumn("eventdate", to_date(try_to_timestamp(when(time.rlike(iso8601), time))))
  }

  /** Adds `reason`: every fault for which the row is not counted, empty for a good row. */
  def withReason(clicks: DataFrame): DataFrame =
    clicks.withColumn(
      "reason",
      concat_ws(
        " and ",
        when(isBlank("callerid"), "missing callerid"),
        when(isBlank("component"), "missing component"),
        when(col("eventdate").isNull, "unreadable createdtime")
      )
    )

  /** One row for each day (as yyyy-MM-dd), caller and component; one for each reason and file with rejected rows.
    *
    * Rejected rows are counted in the same pass, so that the sum can be held against the number of rows read.
    */
  def countClicks(clicks: DataFrame): DataFrame = {
    val counted = isCounted
    clicks
      .groupBy(
        col("reason"),
        when(!counted, col("sourcefile")).as("sourcefile"),
        when(counted, col("eventdate")).as("eventdate"),
        when(counted, col("callerid")).as("callerid"),
        when(counted, col("component")).as("component")
      )
      .agg(count(lit(1)).as("clicks"))
      .withColumn("eventdate", col("eventdate").cast("string"))
  }

  /** Keeps the rows that are not counted, as they were read, with `reason` and `sourcefile`.
    *
    * @param files the values of `sourcefile` that have such rows: Spark then opens no other file
    */
  def filterRejected(files: Seq[String])(clicks: DataFrame): DataFrame =
    clicks
      .filter(col("sourcefile").isin(files: _*) && !isCounted)
      .select((Seq("reason", "sourcefile") ++ ClickSchema.columns).map(col): _*)

  private def isCounted: Column = col("reason") === ""

  private def isBlank(column: String): Column = !coalesce(col(column).rlike(someText), lit(false))
}

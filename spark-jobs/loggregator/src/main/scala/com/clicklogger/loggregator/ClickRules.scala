package com.clicklogger.loggregator

import java.time.ZoneOffset

import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.catalyst.util.DateTimeUtils
import org.apache.spark.sql.functions.{col, udf}
import org.apache.spark.unsafe.types.UTF8String

/** Rules for valid clicks and for the day of a click. */
object ClickRules {
  // Format of the first version; its 12-hour clock does not affect the day.
  private val monthFirst = "^(\\d{2})-(\\d{2})-(\\d{4}) (\\d{2}:\\d{2}:\\d{2})$".r
  // The Spark parser also accepts "2023", and "10:15" as a time of today.
  private val iso8601 = "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?$".r
  // With (?U) a no-break space is blank too.
  private val someText = "(?U)\\S".r
  private val microsecondsADay = 86400000000L
  val DayLength: Int = "yyyy-MM-dd".length
  // Each character of a time is between the characters of these; hours 24 to 29 are excluded separately.
  private val (earliest, latest) = ("yyyy-MM-ddT00:00:00.000Z".getBytes, "yyyy-MM-ddT29:59:59.999Z".getBytes)

  /** Whether a caller or component is not blank. */
  def isName(text: String): Boolean = text != null && someText.findFirstIn(text).isDefined

  /** The UTC day of a time, as days since 1970; None for an invalid time. The default time zone is UTC. */
  def day(createdtime: String): Option[Int] =
    Option(createdtime)
      .map(text => monthFirst.replaceAllIn(UTF8String.fromString(text).trim.toString, "$3-$1-$2 $4"))
      .filter(iso8601.findFirstIn(_).isDefined)
      .flatMap(time => DateTimeUtils.stringToTimestamp(UTF8String.fromString(time), ZoneOffset.UTC))
      .map(Math.floorDiv(_, microsecondsADay).toInt)

  /** Whether a time has the format of the ingestion, 2023-02-08T10:15:30.123Z, so that its first ten characters are its
    * day.
    *
    * @return false for any other text, which can be another valid time
    */
  def isPlainTime(text: Array[Byte]): Boolean = {
    var i = if (text.length == latest.length) DayLength else 0
    while (i >= DayLength && i < latest.length) i = if (text(i) >= earliest(i) && text(i) <= latest(i)) i + 1 else 0
    i == latest.length && (text(11) < '2' || text(12) <= '3')
  }

  /** All reasons why a click is rejected; empty for a valid click. */
  def reason(hasCaller: Boolean, hasComponent: Boolean, hasDay: Boolean): String =
    Seq("missing callerid" -> hasCaller, "missing component" -> hasComponent, "unreadable createdtime" -> hasDay)
      .collect { case (fault, false) => fault }
      .mkString(" and ")

  /** Keeps the rejected rows with their original values, `reason` and `sourcefile`. */
  def filterRejected(clicks: DataFrame): DataFrame = {
    val reasonOf = udf((callerid: String, component: String, createdtime: String) =>
      reason(isName(callerid), isName(component), day(createdtime).isDefined)
    )
    clicks
      .withColumn("reason", reasonOf(col("callerid"), col("component"), col("createdtime")))
      .filter(col("reason") =!= "")
      .select((Seq("reason", "sourcefile") ++ ClickSchema.columns).map(col): _*)
  }
}

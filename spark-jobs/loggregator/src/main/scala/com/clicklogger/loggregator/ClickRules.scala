package com.clicklogger.loggregator

import java.time.ZoneOffset

import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.catalyst.util.DateTimeUtils
import org.apache.spark.sql.functions.{col, udf}
import org.apache.spark.unsafe.types.UTF8String

/** Which clicks are counted, and on which day. */
object ClickRules {
  // The dates of the first version of the system, month first; its 12-hour clock does not touch the day.
  private val monthFirst = "^(\\d{2})-(\\d{2})-(\\d{4}) (\\d{2}:\\d{2}:\\d{2})$".r
  // Spark's own parser also reads "2023" and takes "10:15" for a time of today.
  private val iso8601 = "^\\d{4}-\\d{2}-\\d{2}([T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})?)?$".r
  // (?U): a no-break space is blank too.
  private val someText = "(?U)\\S".r
  private val microsecondsADay = 86400000000L
  val DayLength: Int = "yyyy-MM-dd".length
  // Letter by letter a time lies between these; 24 to 29 are not hours.
  private val (earliest, latest) = ("yyyy-MM-ddT00:00:00.000Z".getBytes, "yyyy-MM-ddT29:59:59.999Z".getBytes)

  /** Whether a caller or component is more than blanks. */
  def isName(text: String): Boolean = text != null && someText.findFirstIn(text).isDefined

  /** The UTC day of a time, as days since 1970; None when it cannot be read. A time that names no zone is in UTC. */
  def day(createdtime: String): Option[Int] =
    Option(createdtime)
      .map(text => monthFirst.replaceAllIn(UTF8String.fromString(text).trim.toString, "$3-$1-$2 $4"))
      .filter(iso8601.findFirstIn(_).isDefined)
      .flatMap(time => DateTimeUtils.stringToTimestamp(UTF8String.fromString(time), ZoneOffset.UTC))
      .map(Math.floorDiv(_, microsecondsADay).toInt)

  /** Whether the day of a time is that of its first ten letters, as in what the ingestion writes:
    * 2023-02-08T10:15:30.123Z.
    *
    * @return false for every other text, which may be a time all the same
    */
  def isPlainTime(text: Array[Byte]): Boolean = {
    var i = if (text.length == latest.length) DayLength else 0
    while (i >= DayLength && i < latest.length) i = if (text(i) >= earliest(i) && text(i) <= latest(i)) i + 1 else 0
    i == latest.length && (text(11) < '2' || text(12) <= '3')
  }

  /** Every fault for which a click is not counted, empty for a good one. */
  def reason(hasCaller: Boolean, hasComponent: Boolean, hasDay: Boolean): String =
    Seq("missing callerid" -> hasCaller, "missing component" -> hasComponent, "unreadable createdtime" -> hasDay)
      .collect { case (fault, false) => fault }
      .mkString(" and ")

  /** Keeps the rows that are not counted, as they were read, with `reason` and `sourcefile`. */
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

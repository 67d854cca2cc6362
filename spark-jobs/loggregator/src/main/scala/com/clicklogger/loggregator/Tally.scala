package com.clicklogger.loggregator

import org.apache.spark.sql.{DataFrame, Row}

/** One row of the report; `createdTime` is a UTC day as yyyy-MM-dd. */
final case class ClickCount(createdTime: String, callerid: String, component: String, count: Long)

/** Rows of one file that are not counted for one reason. */
final case class RejectedCount(reason: String, sourcefile: String, count: Long)

/** What the counting found. */
final case class Tally(clicks: Seq[ClickCount], rejected: Seq[RejectedCount]) {
  val counted: Long = clicks.map(_.count).sum
  val refused: Long = rejected.map(_.count).sum

  /** Rejected rows by reason, sorted by it. */
  def reasons: Seq[(String, Long)] =
    rejected.groupBy(_.reason).map { case (reason, rows) => reason -> rows.map(_.count).sum }.toSeq.sorted

  /** Refuses a tally that lost rows or has some twice.
    *
    * @param records the number of rows that the footers of the files promise
    */
  def verify(records: Long): Unit =
    if (counted + refused != records)
      throw new LoggregatorError(
        s"the counts do not add up: the files hold $records records, but $counted were counted and $refused rejected;" +
          " nothing was published. Make sure that spark.sql.files.ignoreCorruptFiles and ignoreMissingFiles are off, " +
          "then run again"
      )
}

object Tally {

  /** Fetches the result of [[ClickCounts.countClicks]], sorted here: the driver holds every row of it anyway. */
  def collect(counts: DataFrame): Tally = {
    val (good, bad) = counts.collect().toSeq.partition(text(_, "reason").isEmpty)
    Tally(
      good.map(click).sortBy(row => (row.createdTime, row.callerid, row.component, row.count)),
      bad.map(row => RejectedCount(text(row, "reason"), text(row, "sourcefile"), number(row)))
    )
  }

  private def click(row: Row): ClickCount =
    ClickCount(text(row, "eventdate"), text(row, "callerid"), text(row, "component"), number(row))

  private def text(row: Row, column: String): String = row.getAs[String](column)

  private def number(row: Row): Long = row.getAs[Long]("clicks")
}

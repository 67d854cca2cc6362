package com.clicklogger.loggregator

import java.time.LocalDate

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
          " nothing was published; run again"
      )
}

object Tally {

  /** Sorted here: the driver holds every row of it anyway. */
  def of(groups: Map[(ClickGroup, String), Long]): Tally = {
    val clicks = groups.toSeq.collect { case ((ClickGroup(Some(day), Some(caller), Some(component)), _), rows) =>
      ClickCount(LocalDate.ofEpochDay(day).toString, caller.toStringUsingUTF8, component.toStringUsingUTF8, rows)
    }
    val rejected = groups.toSeq.collect {
      case ((group, file), rows) if group.reason.nonEmpty => RejectedCount(group.reason, file, rows)
    }
    Tally(clicks.sortBy(row => (row.createdTime, row.callerid, row.component, row.count)), rejected)
  }
}

package com.clicklogger.loggregator

import java.time.LocalDate

/** One row of the report; `createdTime` is a UTC day as yyyy-MM-dd. */
final case class ClickCount(createdTime: String, callerid: String, component: String, count: Long)

/** Rejected rows of one file with one reason. */
final case class RejectedCount(reason: String, sourcefile: String, count: Long)

/** Counted clicks and rejected rows. */
final case class Tally(clicks: Seq[ClickCount], rejected: Seq[RejectedCount]) {
  val counted: Long = clicks.map(_.count).sum
  val rejections: Long = rejected.map(_.count).sum

  /** Rejected rows by reason, sorted. */
  def reasons: Seq[(String, Long)] =
    rejected.groupBy(_.reason).map { case (reason, rows) => reason -> rows.map(_.count).sum }.toSeq.sorted

  /** Checks that no row is lost or duplicated.
    *
    * @param records number of rows in the footers of the files
    */
  def verify(records: Long): Unit =
    if (counted + rejections != records)
      throw new LoggregatorError(
        s"the counts do not add up: the files have $records records, but $counted were counted and $rejections" +
          " rejected; nothing was published; run again"
      )
}

object Tally {

  /** Sorts the counts on the driver. */
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

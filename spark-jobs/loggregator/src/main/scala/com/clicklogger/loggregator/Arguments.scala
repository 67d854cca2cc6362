package com.clicklogger.loggregator

import java.time.LocalDate
import java.time.format.DateTimeFormatter

import scala.util.Try

/** Days to count; `folder` is the folder of the report, without slashes at its ends. */
sealed trait Period {
  def folder: String
}

/** The clicks that arrived on one day, UTC. */
final case class OneDay(date: LocalDate) extends Period {
  override def folder: String = Period.path(date)
}

/** All clicks; `reportDate` is only part of the folder of the report. */
final case class AllDays(reportDate: LocalDate) extends Period {
  override def folder: String = s"ALL/${Period.path(reportDate)}"
}

object Period {
  private val slashed = DateTimeFormatter.ofPattern("uuuu/MM/dd")

  private[loggregator] def path(date: LocalDate): String = slashed.format(date)
}

/** Arguments of the job. `source` and `output` are URIs without a trailing slash. */
final case class Arguments(period: Period, source: String, output: String)

object Arguments {
  private val usage =
    "<date yyyy-MM-dd | ALL> <source bucket or URI> <output bucket or URI> [report date yyyy-MM-dd, used for ALL]"
  private val uri = "[a-z][a-z0-9+.-]*:/.*".r
  private val bucket = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]".r

  /** Parses the command line.
    *
    * @param today the default of the report date
    * @throws LoggregatorError with the argument, its value and the allowed values
    */
  def parse(args: Seq[String], today: LocalDate): Arguments = args match {
    case Seq(period, source, output) =>
      Arguments(readPeriod(period, today), location("source", source), location("output", output))
    case Seq(period, source, output, reportDate) =>
      parse(Seq(period, source, output), date("report date", reportDate))
    case _ =>
      val received = if (args.isEmpty) "none" else args.mkString("'", "', '", "'")
      throw new LoggregatorError(s"expected 3 or 4 arguments, received ${args.size} ($received); pass $usage")
  }

  private def readPeriod(text: String, reportDate: LocalDate): Period =
    if (text == "ALL") AllDays(reportDate) else OneDay(date("date", text))

  private def date(name: String, text: String): LocalDate = {
    // The parser also accepts years such as +12023.
    val parsed = Some(text).filter(_.matches("\\d{4}-\\d{2}-\\d{2}")).flatMap(iso => Try(LocalDate.parse(iso)).toOption)
    val all = if (name == "date") " or ALL" else ""
    parsed.getOrElse(
      throw new LoggregatorError(s"$name '$text' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08$all")
    )
  }

  private def location(name: String, text: String): String = text match {
    // Hadoop interprets these characters as a glob pattern.
    case _ if text.exists("*?{}[]".contains(_)) =>
      throw new LoggregatorError(s"$name '$text' contains one of * ? { } [ ]; pass a bucket or folder without them")
    case uri()    => text.replaceAll("/+$", "")
    case bucket() => s"s3://$text"
    case _ =>
      throw new LoggregatorError(
        s"$name '$text' is neither a bucket name nor a URI; pass my-bucket, s3://my-bucket/prefix or file:///folder"
      )
  }
}

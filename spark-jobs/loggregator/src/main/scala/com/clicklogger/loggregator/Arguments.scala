package com.clicklogger.loggregator

import java.time.LocalDate
import java.time.format.DateTimeFormatter

import scala.util.Try

/** Which days to count; `folder` is where the report of that choice is kept, without slashes at its ends. */
sealed trait Period {
  def folder: String
}

/** The clicks that arrived on one day, UTC. */
final case class OneDay(date: LocalDate) extends Period {
  override def folder: String = Period.path(date)
}

/** Every click there is; `reportDate` only names the report. */
final case class AllDays(reportDate: LocalDate) extends Period {
  override def folder: String = s"ALL/${Period.path(reportDate)}"
}

object Period {
  private val slashed = DateTimeFormatter.ofPattern("uuuu/MM/dd")

  private[loggregator] def path(date: LocalDate): String = slashed.format(date)
}

/** What the job was asked to do. `source` and `output` are URIs without a slash at the end. */
final case class Arguments(period: Period, source: String, output: String)

object Arguments {
  private val usage =
    "<date yyyy-MM-dd | ALL> <source bucket or URI> <output bucket or URI> [report date yyyy-MM-dd, used for ALL]"
  private val uri = "[a-z][a-z0-9+.-]*:/.*".r
  private val bucket = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]".r

  /** Reads the command line.
    *
    * @param today the report date when none is given
    * @throws LoggregatorError naming the argument, its value and what is allowed
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
    // The parser alone would take years such as +12023.
    val parsed = Some(text).filter(_.matches("\\d{4}-\\d{2}-\\d{2}")).flatMap(iso => Try(LocalDate.parse(iso)).toOption)
    val all = if (name == "date") " or ALL" else ""
    parsed.getOrElse(
      throw new LoggregatorError(s"$name '$text' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08$all")
    )
  }

  private def location(name: String, text: String): String = text match {
    // Hadoop reads these characters as a pattern, and would look for other folders than the one named.
    case _ if text.exists("*?{}[]".contains(_)) =>
      throw new LoggregatorError(s"$name '$text' has one of * ? { } [ ]; pass a bucket or folder without them")
    case uri()    => text.replaceAll("/+$", "")
    case bucket() => s"s3://$text"
    case _ =>
      throw new LoggregatorError(
        s"$name '$text' is neither a bucket name nor a URI; pass my-bucket, s3://my-bucket/prefix or file:///folder"
      )
  }
}

package com.clicklogger.loggregator

import java.io.PrintStream
import java.time.{LocalDate, ZoneOffset}

import scala.util.control.NonFatal

import org.apache.spark.sql.SparkSession

/** Counts the clicks of a day, or of all days, by event date, caller and component. */
object Main {

  /** Required settings of the session: dates do not depend on the time zone of the machine. */
  val settings: Map[String, String] = Map("spark.sql.session.timeZone" -> "UTC")

  /** Arguments: see [[Arguments.parse]]. Exits with 1 and one line on stderr after an error. */
  def main(args: Array[String]): Unit = {
    val code = execute(args.toSeq, () => newSession(), System.out, System.err)
    // After a success the application ends normally.
    if (code != 0) sys.exit(code)
  }

  /** Parses the arguments, runs the job, and prints a failure as one line and its stack trace; returns the exit code. */
  def execute(args: Seq[String], session: () => SparkSession, out: PrintStream, err: PrintStream): Int =
    try {
      val arguments = Arguments.parse(args, LocalDate.now(ZoneOffset.UTC))
      val spark = session()
      try out.println(run(spark, arguments))
      finally spark.stop()
      0
    } catch {
      case NonFatal(failure) =>
        val error = LoggregatorError.from(failure)
        err.println(error.line)
        Option(error.getCause).foreach(_.printStackTrace(err))
        1
    }

  /** Reads, counts, verifies and publishes.
    *
    * @return one line with the location of the report
    * @throws LoggregatorError or an exception of Spark or the file system; the previous report is then unchanged
    */
  def run(spark: SparkSession, arguments: Arguments): String = {
    val source = ClickSource.open(spark, arguments)
    val counts = FileCounts.collect(spark.sparkContext, source.files)
    val tally = Tally.of(counts.groups)
    tally.verify(counts.records)

    val store = new ReportStore(arguments, spark.sparkContext.hadoopConfiguration)
    val files = tally.rejected.map(_.sourcefile).distinct
    if (files.isEmpty) store.removeRejected()
    else store.replaceRejected(source.clicks(spark, files).transform(ClickRules.filterRejected), tally.rejections)
    store.publish(Report.render(tally, source, store.rejected.toString))
    s"Report ${store.report}: ${counts.records} records read, ${tally.counted} counted, ${tally.rejections} rejected"
  }

  private def newSession(): SparkSession =
    SparkSession.builder.appName("loggregator").config(settings).getOrCreate()
}

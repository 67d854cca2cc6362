package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.UTF_8
import java.util.UUID

import scala.util.control.NonFatal

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{CommonPathCapabilities, FileContext, FileSystem, Path}
import org.apache.hadoop.fs.Options.Rename
import org.apache.spark.sql.{Column, DataFrame, Observation, SaveMode}
import org.apache.spark.sql.functions.{col, concat, count, lit, when}

/** Stores the report of a period and its rejected rows in the output bucket.
  *
  * Rejected rows are replaced first and the report last, so that the rejected rows of a report always exist.
  */
final class ReportStore(arguments: Arguments, conf: Configuration) {
  private val folder = arguments.period.folder
  val report: Path = new Path(s"${arguments.output}/$folder/response.md")
  val rejected: Path = new Path(s"${arguments.output}/rejected/$folder")

  /** Replaces the rejected rows by these, as JSON lines with null columns. Texts with a formula start with an
    * apostrophe: https://owasp.org/www-community/attacks/CSV_Injection
    */
  def replaceRejected(rows: DataFrame, expected: Long): Unit = {
    val written = Observation()
    rows
      .select(rows.columns.map(withoutFormula): _*)
      .observe(written, count(lit(1)).as("rows"))
      .write
      .mode(SaveMode.Overwrite)
      .option("ignoreNullFields", "false")
      .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
      .json(rejected.toString)
    val actual = written.get("rows")
    if (actual != expected)
      throw new LoggregatorError(s"$actual rejected rows were written to $rejected, not $expected; run again")
  }

  private def withoutFormula(name: String): Column = {
    val isFormula = col(name).rlike("^[=+\\-@\t\r\n\\uff1d\\uff0b\\uff0d\\uff20]")
    when(isFormula, concat(lit("'"), col(name))).otherwise(col(name)).as(name)
  }

  /** Deletes the rejected rows of an earlier run. */
  def removeRejected(): Unit = rejected.getFileSystem(conf).delete(rejected, true)

  /** Replaces the report atomically.
    *
    * On S3 an object appears when its stream is closed, and a rename is a copy. The report is written to its final key,
    * and a failed stream is aborted, because closing it would publish a partial report. Other file systems show
    * incomplete files, but have an atomic rename; `FileContext` replaces an existing target, unlike `FileSystem`.
    */
  def publish(markdown: String): Unit = {
    val fs = report.getFileSystem(conf)
    val bytes = markdown.getBytes(UTF_8)
    if (fs.hasPathCapability(report, CommonPathCapabilities.ABORTABLE_STREAM)) writeOrAbort(fs, bytes)
    else writeAndRename(fs, bytes)
  }

  private def writeOrAbort(fs: FileSystem, bytes: Array[Byte]): Unit = {
    val stream = fs.create(report, true)
    try stream.write(bytes)
    catch {
      case NonFatal(failure) =>
        stream.abort()
        throw failure
    }
    stream.close()
  }

  private def writeAndRename(fs: FileSystem, bytes: Array[Byte]): Unit = {
    // A hidden and unique name.
    val draft = new Path(report.getParent, s".${report.getName}.${UUID.randomUUID}")
    try {
      val stream = fs.create(draft, false)
      try stream.write(bytes)
      finally stream.close()
      FileContext.getFileContext(report.toUri, conf).rename(draft, report, Rename.OVERWRITE)
    } catch {
      case NonFatal(failure) =>
        try fs.delete(draft, false)
        catch { case NonFatal(second) => failure.addSuppressed(second) }
        throw failure
    }
  }
}

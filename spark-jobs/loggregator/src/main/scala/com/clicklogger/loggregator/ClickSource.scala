package com.clicklogger.loggregator

import java.io.FileNotFoundException

import org.apache.hadoop.fs.{FileStatus, FileSystem, Path}
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.apache.spark.sql.functions.col

/** Clicks to count.
  *
  * @param location folder or pattern, for messages and for Spark
  * @param files    files of the listing; none is opened yet
  * @param empty    URIs of files with 0 bytes, which are not in `files`: Spark skips them too
  */
final case class ClickSource(location: String, files: Seq[FileStatus], empty: Seq[String]) {

  /** The rows of some files: the columns of [[ClickSchema]] and `sourcefile`.
    *
    * @param sourcefiles the URIs of the files; Spark opens no other files
    */
  def clicks(spark: SparkSession, sourcefiles: Seq[String]): DataFrame =
    spark.read
      .schema(ClickSchema.struct)
      .option("recursiveFileLookup", "true")
      .parquet(location)
      .select(ClickSchema.columns.map(col) :+ col("_metadata.file_path").as("sourcefile"): _*)
      .filter(col("sourcefile").isin(sourcefiles: _*))
}

object ClickSource {

  /** Lists the Parquet files of a period in `<source>/clicklog/`; for a day, only its folder is listed.
    *
    * Files are listed once: files that Firehose adds later are ignored.
    *
    * @throws LoggregatorError when the folder does not exist
    */
  def open(spark: SparkSession, arguments: Arguments): ClickSource = {
    val base = s"${arguments.source}/clicklog"
    val fs = new Path(base).getFileSystem(spark.sparkContext.hadoopConfiguration)
    val partition = s"${ClickSchema.partition}="
    val (location, files) = arguments.period match {
      case OneDay(date) => (s"$base/$partition$date", list(fs, s"$base/$partition$date", _ => true))
      case AllDays(_)   => (s"$base/$partition*", list(fs, base, _.startsWith(partition)))
    }
    if (files.isEmpty) requireFolder(fs, location, arguments.period)
    val (full, empty) = files.partition(_.getLen > 0)
    ClickSource(location, full, empty.map(_.getPath.toString))
  }

  /** The visible files of a folder and its subfolders; on S3 one request lists a thousand files.
    *
    * @param isWanted filter of the first name of a path relative to the folder
    */
  private def list(fs: FileSystem, folder: String, isWanted: String => Boolean): Seq[FileStatus] =
    try {
      val base = fs.makeQualified(new Path(folder))
      val found = fs.listFiles(base, true)
      val files = Iterator.continually(found).takeWhile(_.hasNext).map(_.next)
      val visible = files.filter { file =>
        val names = Iterator.iterate(file.getPath)(_.getParent).takeWhile(_ != base).map(_.getName).toSeq
        isWanted(names.last) && !names.exists(isHidden)
      }
      visible.toList.sortBy(_.getPath.toString)
    } catch { case _: FileNotFoundException => Nil }

  // The rules of Spark, and directory markers of EMRFS. The markers of the console end with a slash, and are folders.
  private def isHidden(name: String): Boolean =
    name.startsWith(".") || name.startsWith("_") && !name.contains("=") || name.endsWith("._COPYING_") ||
      name.endsWith("_$folder$")

  private def requireFolder(fs: FileSystem, location: String, period: Period): Unit = {
    val found = Option(fs.globStatus(new Path(location))).exists(_.nonEmpty)
    if (!found) {
      val advice = period match {
        case OneDay(_)  => "check the date (the day of arrival, UTC) and the source bucket, or send clicks first"
        case AllDays(_) => "check the source bucket, or send clicks first"
      }
      throw new LoggregatorError(s"no clicks: there is no folder $location; $advice")
    }
  }
}

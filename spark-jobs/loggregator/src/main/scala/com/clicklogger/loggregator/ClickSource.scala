package com.clicklogger.loggregator

import java.net.URI

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.Path
import org.apache.spark.sql.{DataFrame, SparkSession}
import org.apache.spark.sql.functions.col

/** Clicks to count.
  *
  * @param clicks  the columns of [[ClickSchema]] and `sourcefile`, the URI of the file that a row is from
  * @param records how many rows the files' footers promise, which is known without reading the rows
  * @param location what was read, for people
  */
final case class ClickSource(clicks: DataFrame, records: Long, location: String)

object ClickSource {

  /** Opens the Parquet files of a period below `<source>/clicklog/`. No row is read yet.
    *
    * Only the folder of a day is listed for that day. Files are listed once: one that Firehose adds later is
    * neither counted nor expected, so that the two numbers still agree.
    *
    * @throws LoggregatorError when there is no such folder, or a file is damaged or has other columns
    */
  def open(spark: SparkSession, arguments: Arguments): ClickSource = {
    val conf = spark.sparkContext.hadoopConfiguration
    val location = s"${arguments.source}/clicklog/${ClickSchema.partition}=${partitions(arguments.period)}"
    requireFolder(location, arguments, conf)
    val parquet = spark.read.schema(ClickSchema.struct).parquet(location)
    val records = ParquetFooters.countRows(parquet.inputFiles.toSeq.map(file => new Path(new URI(file))), conf)
    val columns = ClickSchema.columns.map(col) :+ col("_metadata.file_path").as("sourcefile")
    ClickSource(parquet.select(columns: _*), records, location)
  }

  private def partitions(period: Period): String = period match {
    case OneDay(date) => date.toString
    case AllDays(_)   => "*"
  }

  private def requireFolder(location: String, arguments: Arguments, conf: Configuration): Unit = {
    val path = new Path(location)
    val found = Option(path.getFileSystem(conf).globStatus(path)).exists(_.nonEmpty)
    if (!found) {
      val advice = arguments.period match {
        case OneDay(_)  => "check the date (the day of arrival, UTC) and the source bucket, or send clicks first"
        case AllDays(_) => "check the source bucket, or send clicks first"
      }
      throw new LoggregatorError(s"no clicks: there is no folder $location; $advice")
    }
  }
}

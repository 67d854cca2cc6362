package com.clicklogger.loggregator

import java.io.ByteArrayInputStream
import java.nio.file.AccessDeniedException

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.{FileStatus, Path}
import org.apache.hadoop.util.functional.FutureIO.awaitFuture
import org.apache.parquet.HadoopReadOptions
import org.apache.parquet.hadoop.ParquetFileReader
import org.apache.parquet.hadoop.util.HadoopStreams
import org.apache.parquet.io.{DelegatingSeekableInputStream, InputFile, SeekableInputStream}
import org.apache.parquet.schema.LogicalTypeAnnotation.{StringLogicalTypeAnnotation => StringAnnotation}
import org.apache.parquet.schema.{MessageType, PrimitiveType, Type}
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY
import org.apache.parquet.schema.Type.Repetition.REPEATED
import org.apache.spark.SparkContext
import org.apache.spark.util.SerializableConfiguration

/** Row counts of files.
  *
  * @param records number of rows in the footers of the files
  * @param groups  number of rows by group and, for rejected rows, by URI of the file; "" for counted rows
  * @param faults  errors of files
  */
final case class FileCounts(
    records: Long = 0,
    groups: Map[(ClickGroup, String), Long] = Map.empty,
    faults: Seq[LoggregatorError] = Nil
) {
  def +(other: FileCounts): FileCounts = {
    val sums = other.groups.foldLeft(groups) { case (sums, (group, rows)) =>
      sums.updated(group, sums.getOrElse(group, 0L) + rows)
    }
    FileCounts(records + other.records, sums, faults ++ other.faults)
  }
}

object FileCounts {
  // Defaults of Spark SQL for tasks; opening a file has the cost of reading 4 MiB.
  private val TaskBytes = 128L << 20
  private val OpenBytes = 4L << 20

  /** Files up to this size are read with one request instead of four: Firehose writes many small files. */
  private[loggregator] val WholeBytes = 1L << 20
  private val Counted = Seq("createdtime", "callerid", "component")

  /** Reads each file once, on the executors.
    *
    * @throws LoggregatorError with the first file that is not Parquet, or has a missing or invalid column
    */
  def collect(spark: SparkContext, files: Seq[FileStatus]): FileCounts = {
    val conf = spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration))
    val tasks = (files.map(_.getLen + OpenBytes).sum / TaskBytes).toInt.max(spark.defaultParallelism)
    val counts = spark
      .parallelize(files, tasks.min(files.size).max(1))
      .mapPartitions(part => Iterator(part.map(read(_, conf.value.value)).foldLeft(FileCounts())(_ + _)))
      .collect()
      .foldLeft(FileCounts())(_ + _)
    counts.faults match {
      case Seq()      => counts
      case Seq(error) => throw error
      case first +: more =>
        throw new LoggregatorError(s"${first.getMessage} (${more.size} more files have an error)", first.getCause)
    }
  }

  private def read(file: FileStatus, conf: Configuration): FileCounts =
    try {
      val reader = ParquetFileReader.open(new ListedFile(file, conf), HadoopReadOptions.builder(conf).build())
      try count(file, reader)
      finally reader.close()
    } catch {
      case fault: LoggregatorError       => FileCounts(faults = Seq(fault))
      case denied: AccessDeniedException => FileCounts(faults = Seq(LoggregatorError.from(denied)))
      case NonFatal(cause) => FileCounts(faults = Seq(LoggregatorError.unreadable(file.getPath.toString, cause)))
    }

  /** Uses the status of the listing instead of another request to S3. */
  private class ListedFile(file: FileStatus, conf: Configuration) extends InputFile {
    override def getLength: Long = file.getLen
    override def newStream(): SeekableInputStream = {
      val fs = file.getPath.getFileSystem(conf)
      val stream = awaitFuture(fs.openFile(file.getPath).withFileStatus(file).build())
      if (file.getLen > WholeBytes) HadoopStreams.wrap(stream)
      else
        try {
          val content = new Array[Byte](file.getLen.toInt)
          stream.readFully(content)
          new ContentStream(new Content(content))
        } finally stream.close()
    }
    override def toString: String = file.getPath.toString
  }

  private class Content(bytes: Array[Byte]) extends ByteArrayInputStream(bytes) {
    def position: Int = pos
    def seek(to: Int): Unit = pos = to
  }

  private class ContentStream(content: Content) extends DelegatingSeekableInputStream(content) {
    override def getPos: Long = content.position.toLong
    override def seek(to: Long): Unit = content.seek(to.toInt)
  }

  private def count(file: FileStatus, reader: ParquetFileReader): FileCounts = {
    val schema = reader.getFileMetaData.getSchema
    // Column names are case-insensitive in Spark and Hive.
    val present = schema.getFields.asScala.groupBy(_.getName.toLowerCase)
    checkColumns(file.getPath.toString, schema, present)
    val records = reader.getRecordCount
    // The format of `_metadata.file_path`: file:/…, not file:///….
    val sourcefile = new Path(file.getPath.toString).toUri.toString
    val fields = Counted.map(present(_).head)
    val groups = new ClickCounter().count(reader, new MessageType(schema.getName, fields: _*))
    groups.foldLeft(FileCounts(records)) { case (counts, (group, rows)) =>
      val key = if (group.reason.isEmpty) (group, "") else (group.withoutValues, sourcefile)
      counts + FileCounts(groups = Map(key -> rows))
    }
  }

  private def checkColumns(file: String, schema: MessageType, present: Map[String, Seq[Type]]): Unit = {
    val missing = (ClickSchema.required ++ Counted).distinct.filterNot(present.contains)
    val wrong = ClickSchema.columns.flatMap(present.get).flatten.filterNot(isString)
    val twice = ClickSchema.columns.filter(present.get(_).exists(_.size > 1))
    val advice = "; write it again with the columns of schemas/click.json, or move it away"
    if (missing.nonEmpty) {
      val names = schema.getFields.asScala.map(_.getName).mkString(", ")
      throw new LoggregatorError(s"$file lacks the columns ${missing.mkString(", ")}; it has $names$advice")
    }
    if (wrong.nonEmpty) throw new LoggregatorError(s"$file has other types than string: ${wrong.mkString(", ")}$advice")
    if (twice.nonEmpty) throw new LoggregatorError(s"$file has columns twice: ${twice.mkString(", ")}$advice")
  }

  private def isString(field: Type): Boolean = field match {
    // Some writers omit the annotation; the bytes are read as UTF-8.
    case column: PrimitiveType if column.getPrimitiveTypeName == BINARY && !column.isRepetition(REPEATED) =>
      Option(column.getLogicalTypeAnnotation).forall(_.isInstanceOf[StringAnnotation])
    case _ => false
  }
}

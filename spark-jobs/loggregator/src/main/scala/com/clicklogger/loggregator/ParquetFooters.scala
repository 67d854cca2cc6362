package com.clicklogger.loggregator

import java.nio.file.AccessDeniedException
import java.util.concurrent.{Callable, Executors}

import scala.collection.JavaConverters._
import scala.util.control.NonFatal

import org.apache.hadoop.conf.Configuration
import org.apache.hadoop.fs.Path
import org.apache.parquet.hadoop.ParquetFileReader
import org.apache.parquet.hadoop.util.HadoopInputFile
import org.apache.parquet.schema.LogicalTypeAnnotation.{StringLogicalTypeAnnotation => StringAnnotation}
import org.apache.parquet.schema.{MessageType, PrimitiveType, Type}
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName.BINARY
import org.apache.parquet.schema.Type.Repetition.REPEATED

/** Checks files before Spark reads them: Spark, told the schema, takes a missing column for a column of nulls. */
object ParquetFooters {
  // Footers are small, so waiting for S3 is all there is to it; its default client has 96 connections.
  private val Threads = 16

  /** Reads every footer, and no row.
    *
    * @return how many rows the files say they hold
    * @throws LoggregatorError naming the first file that is no Parquet, lacks a column or has one of another type
    */
  def countRows(files: Seq[Path], conf: Configuration): Long = {
    val pool = Executors.newFixedThreadPool(Threads)
    try {
      val checks = files.map(file => new Callable[Either[LoggregatorError, Long]] {
        override def call(): Either[LoggregatorError, Long] = check(file, conf)
      })
      val results = pool.invokeAll(checks.asJava).asScala.map(_.get)
      results.collect { case Left(error) => error } match {
        case Seq() => results.collect { case Right(rows) => rows }.sum
        case Seq(error) => throw error
        case first +: more =>
          throw new LoggregatorError(s"${first.getMessage} (${more.size} more files have such a fault)", first.getCause)
      }
    } finally pool.shutdownNow()
  }

  private def check(file: Path, conf: Configuration): Either[LoggregatorError, Long] =
    try {
      val input = HadoopInputFile.fromPath(file, conf)
      if (input.getLength == 0) Right(0L) // Spark skips an empty file too.
      else {
        val reader = ParquetFileReader.open(input)
        try fault(file, reader.getFileMetaData.getSchema).toLeft(reader.getRecordCount)
        finally reader.close()
      }
    } catch {
      case denied: AccessDeniedException => Left(LoggregatorError.from(denied))
      case NonFatal(cause)               => Left(LoggregatorError.unreadable(file.toString, cause))
    }

  private def fault(file: Path, schema: MessageType): Option[LoggregatorError] = {
    // Spark finds columns whatever their case, as Hive does.
    val present = schema.getFields.asScala.map(field => field.getName.toLowerCase -> field).toMap
    val missing = ClickSchema.columns.filterNot(present.contains)
    val wrong = ClickSchema.columns.flatMap(present.get).filterNot(isString)
    val advice = "; write it again with the columns of schemas/click.json, or move it away"
    if (missing.nonEmpty) {
      val names = schema.getFields.asScala.map(_.getName).mkString(", ")
      Some(new LoggregatorError(s"$file lacks the columns ${missing.mkString(", ")}; it has $names$advice"))
    } else if (wrong.nonEmpty)
      Some(new LoggregatorError(s"$file has other types than string: ${wrong.mkString(", ")}$advice"))
    else None
  }

  private def isString(field: Type): Boolean = field match {
    // Some writers leave the annotation out; the bytes are read as UTF-8 all the same.
    case column: PrimitiveType if column.getPrimitiveTypeName == BINARY && !column.isRepetition(REPEATED) =>
      Option(column.getLogicalTypeAnnotation).forall(_.isInstanceOf[StringAnnotation])
    case _ => false
  }
}

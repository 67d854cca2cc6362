package com.clicklogger.loggregator

import java.nio.file.{Files, Path => File}

import scala.collection.JavaConverters._
import scala.concurrent.duration._

import org.apache.spark.sql.{DataFrame, Row, SparkSession}
import org.apache.spark.sql.types.StructType

/** One Spark session for all suites, which run in one JVM. */
object SharedSpark {
  lazy val session: SparkSession = {
    SparkSession.builder
      .master("local[2]")
      .appName("loggregator-test")
      .config("spark.ui.enabled", "false")
      .config("spark.driver.host", "127.0.0.1")
      .config("spark.driver.bindAddress", "127.0.0.1")
      .config("spark.sql.shuffle.partitions", "2")
      .config("spark.sql.warehouse.dir", Files.createTempDirectory("warehouse").toUri.toString)
      .config(Main.settings)
      .getOrCreate()
  }
}

/** A suite with a session, functions that write clicks, and a temporary folder for each test. */
abstract class SparkSuite extends munit.FunSuite {
  lazy val spark: SparkSession = SharedSpark.session

  // The first test starts Spark, which takes more than the default of 30 s on a busy machine.
  override def munitTimeout: Duration = 10.minutes

  val folder: FunFixture[File] = FunFixture[File](
    // URIs encode spaces and percent signs.
    setup = _ => Files.createTempDirectory("logg regator 100%"),
    teardown = folder => deleteAll(folder)
  )

  /** A valid click with changes. */
  def click(values: (String, String)*): Map[String, String] = Map(
    "requestid" -> "r",
    "contextid" -> "c",
    "callerid" -> "app",
    "component" -> "login",
    "action" -> "load",
    "type" -> "webpage",
    "user" -> "GUEST",
    "clientip" -> "APIGWY",
    "createdtime" -> "2023-02-08T10:15:30Z"
  ) ++ values

  def clicksDF(clicks: Map[String, String]*): DataFrame = {
    val rows = clicks.map(click => Row(ClickSchema.columns.map(click): _*))
    spark.createDataFrame(spark.sparkContext.parallelize(rows, 1), ClickSchema.struct)
  }

  def emptyDF(schema: StructType): DataFrame = spark.createDataFrame(spark.sparkContext.emptyRDD[Row], schema)

  /** Adds one Parquet file, like Firehose. */
  def deliver(df: DataFrame, folder: File, date: String): File = {
    val partition = Files.createDirectories(folder.resolve(s"clicklog/data=$date"))
    val before = parquetFiles(partition)
    df.coalesce(1).write.mode("append").parquet(s"file://$partition")
    parquetFiles(partition).diff(before).head
  }

  /** Every visible file of a folder, as relative path -> content. */
  def contents(folder: File): Map[String, String] =
    filesBelow(folder)
      .filterNot(_.getFileName.toString.endsWith(".crc"))
      .map(file => folder.relativize(file).toString -> Files.readString(file))
      .toMap

  private def parquetFiles(folder: File): Seq[File] = filesBelow(folder).filter(_.toString.endsWith(".parquet"))

  private def filesBelow(folder: File): Seq[File] =
    if (Files.exists(folder)) walk(folder).filter(Files.isRegularFile(_)) else Nil

  private def deleteAll(folder: File): Unit = walk(folder).reverse.foreach(Files.delete(_))

  private def walk(folder: File): Seq[File] = {
    val paths = Files.walk(folder)
    try paths.iterator.asScala.toList.sorted
    finally paths.close()
  }
}

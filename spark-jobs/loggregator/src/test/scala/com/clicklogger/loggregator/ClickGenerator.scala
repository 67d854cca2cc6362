package com.clicklogger.loggregator

import java.time.LocalDate

import org.apache.spark.sql.{DataFrame, SaveMode, SparkSession}
import org.apache.spark.sql.functions._

/** Clicks for measurements: the same arguments give the same rows. */
object ClickGenerator {
  val FirstDay: LocalDate = LocalDate.of(2023, 1, 1)
  private val callers = Seq("OrderingApplication", "SupportPortal", "MobileApp", "PartnerShop")
  private val components = Seq("login", "products", "checkout", "submitorder", "search", "profile", "basket", "help")
  private val secondsADay = 86400

  /** Arguments: `<rows> <days> <folder URI>`. Writes `<folder>/clicklog/data=…/`, a file a day from [[FirstDay]]. */
  def main(args: Array[String]): Unit = args match {
    case Array(rows, days, folder) =>
      val spark = SparkSession.builder.appName("click-generator").config(Main.settings).getOrCreate()
      try write(clicks(spark, rows.toLong, days.toInt), folder)
      finally spark.stop()
    case _ =>
      System.err.println(s"expected <rows> <days> <folder URI>, received ${args.length} arguments")
      sys.exit(1)
  }

  /** The columns of the click schema and `data`, the day of arrival, which is also the day of the event. */
  def clicks(spark: SparkSession, rows: Long, days: Int): DataFrame = {
    val id = col("id")
    val day = date_add(lit(FirstDay.toString).cast("date"), pmod(id, lit(days)).cast("int")).cast("string")
    val time = date_format(timestamp_seconds(pmod(xxhash64(id, lit("time")), lit(secondsADay))), "HH:mm:ss")
    spark
      .range(rows)
      .select(
        concat(lit("request-"), id).as("requestid"),
        concat(lit("context-"), floor(id / 5)).as("contextid"),
        choice(callers, "caller").as("callerid"),
        choice(components, "component").as("component"),
        choice(Seq("load", "show", "backend"), "action").as("action"),
        choice(Seq("webpage", "process"), "type").as("type"),
        lit("GUEST").as("user"),
        lit("APIGWY").as("clientip"),
        concat(day, lit("T"), time, lit("Z")).as("createdtime"),
        day.as("data")
      )
  }

  private def choice(values: Seq[String], what: String) =
    element_at(array(values.map(lit): _*), (pmod(xxhash64(col("id"), lit(what)), lit(values.size)) + 1).cast("int"))

  private def write(clicks: DataFrame, folder: String): Unit =
    clicks
      .repartition(col("data"))
      .write
      .mode(SaveMode.Overwrite)
      .partitionBy(ClickSchema.partition)
      .parquet(s"$folder/clicklog")
}

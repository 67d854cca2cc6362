package com.clicklogger.loggregator

import java.time.LocalDate

import org.apache.spark.sql.{Column, DataFrame, Dataset, SaveMode, SparkSession}
import org.apache.spark.sql.functions._

/** Reproducible clicks for benchmarks. */
object ClickGenerator {
  private val firstDay = LocalDate.of(2023, 1, 1)
  private val callers = Seq("OrderingApplication", "SupportPortal", "MobileApp", "PartnerShop")
  private val pages = Seq("login", "products", "checkout", "submitorder", "search", "profile", "basket", "help")
  private val components = pages ++ (1 to 42).map(number => s"campaign-$number")
  private val millisecondsADay = 86400000L

  private val rowsAFile = 100000L

  /** Arguments: `<rows> <days> <folder URI>`. Writes `rows / days` rows for each day from 2023-01-01 to
    * `<folder>/clicklog/data=…/`, in files of limited size like Firehose.
    */
  def main(args: Array[String]): Unit = {
    val Array(rows, days, folder) = args
    val spark = SparkSession.builder.appName("click-generator").config(Main.settings).getOrCreate()
    val each = rows.toLong / days.toLong
    val files = ((each + rowsAFile - 1) / rowsAFile).toInt
    for (number <- 0L until days.toLong) {
      val day = firstDay.plusDays(number).toString
      clicks(spark.range(each * number, each * (number + 1), 1, files), day).write
        .mode(SaveMode.Overwrite)
        .parquet(s"$folder/clicklog/${ClickSchema.partition}=$day")
    }
    spark.stop()
  }

  /** The columns of the click schema; the day of arrival is also the day of the event. */
  private def clicks(ids: Dataset[java.lang.Long], day: String): DataFrame = {
    val id = col("id")
    val time = date_format(timestamp_millis(pmod(xxhash64(id, lit("time")), lit(millisecondsADay))), "HH:mm:ss.SSS")
    ids.select(
      concat(lit("request-"), id).as("requestid"),
      concat(lit("context-"), floor(id / 5)).as("contextid"),
      choice(callers, "caller").as("callerid"),
      choice(components, "component").as("component"),
      choice(Seq("load", "show", "backend"), "action").as("action"),
      choice(Seq("webpage", "process"), "type").as("type"),
      lit("GUEST").as("user"),
      lit("APIGWY").as("clientip"),
      concat(lit(s"${day}T"), time, lit("Z")).as("createdtime")
    )
  }

  /** A skewed distribution: the square of a uniform one, so that the first of 50 values has a seventh of the rows. */
  private def choice(values: Seq[String], what: String): Column = {
    val even = pmod(xxhash64(col("id"), lit(what)), lit(1000000)) / 1000000
    element_at(array(values.map(lit): _*), (even * even * values.size).cast("int") + 1)
  }
}

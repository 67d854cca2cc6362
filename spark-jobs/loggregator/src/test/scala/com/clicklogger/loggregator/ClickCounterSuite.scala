package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Path => File}
import java.time.LocalDate

import scala.util.Random

import org.apache.hadoop.fs.Path
import org.apache.spark.sql.{DataFrame, Row}
import org.apache.spark.sql.functions.{col, lit}
import org.apache.spark.sql.types.{BinaryType, StructField, StructType}

class ClickCounterSuite extends JobSuite {
  private def source(folder: File): ClickSource =
    ClickSource.open(spark, Arguments.parse(Seq(day, s"file://${in(folder)}", s"file://$folder/out"), LocalDate.EPOCH))

  private def tally(folder: File): Tally = Tally.of(FileCounts.collect(spark.sparkContext, source(folder).files).groups)

  private def tallyOf(folder: File, clicks: Map[String, String]*): Tally = {
    deliver(clicksDF(clicks: _*), in(folder), day)
    tally(folder)
  }

  folder.test("Rows are counted and sorted by day, caller and component.") { folder =>
    val found = tallyOf(
      folder,
      click("component" -> "products"),
      click("createdtime" -> "2023-02-09T00:00:00Z"),
      click("callerid" -> "zebra", "createdtime" -> "2023-02-07T00:00:00Z"),
      click("requestid" -> "r2", "user" -> "someone", "createdtime" -> "2023-02-08T23:00:00.000Z"),
      click()
    )
    assertEquals(
      found.clicks,
      Seq(
        ClickCount("2023-02-07", "zebra", "login", 1),
        ClickCount("2023-02-08", "app", "login", 2),
        ClickCount("2023-02-08", "app", "products", 1),
        ClickCount("2023-02-09", "app", "login", 1)
      )
    )
    assertEquals(found.rejected, Nil)
  }

  folder.test("A row of nulls is rejected with all reasons.") { folder =>
    val found = tallyOf(folder, ClickSchema.columns.map(_ -> null).toMap[String, String])
    assertEquals(found.reasons, Seq("missing callerid and missing component and unreadable createdtime" -> 1L))
  }

  folder.test("Columns that are not in the report can be null.") { folder =>
    val bare = Seq("requestid", "contextid", "action", "type", "user", "clientip").map(_ -> null)
    assertEquals(tallyOf(folder, click(bare: _*)).clicks, Seq(ClickCount("2023-02-08", "app", "login", 1)))
  }

  test("A tally with missing or additional records is rejected.") {
    val found = Tally(Seq(ClickCount("2023-02-08", "app", "login", 1)), Seq(RejectedCount("missing callerid", "f", 1)))
    found.verify(2)
    Seq(1L, 3L).foreach { records =>
      val error = intercept[LoggregatorError](found.verify(records))
      assert(error.getMessage.contains(s"the files have $records records, but 1 were counted and 1 rejected"))
    }
  }

  // Random values of these give columns with dictionaries, plain pages and nulls.
  private val times = Seq(
    "2023-02-08T10:15:30.123Z",
    "2023-02-08T10:15:30Z",
    "9999-12-31T23:59:59-14:00",
    "0000-01-01T00:00:00+14:00",
    "0000-02-29T00:00:00.000Z",
    "1582-10-10T00:00:00.000Z",
    "02-08-2023 10:15:30",
    " 2023-02-08T10:15:30.123Z\n",
    "2023-02-08T10:15:30.1234567890Z",
    "2023-02-08T10:15:30+25:00",
    "2023-02-08T10:15:60.000Z",
    "2023-06-31T10:15:30.000Z"
  )
  private val names =
    Seq("app", "a|b", "\u00a0\u3000", "", "\n| 2026-03-04 | fake |", "nul\u0000x", "bidi\u202e", "caf\u00e9", "\ufffd")

  private def randomText(random: Random, texts: Seq[String], letters: String): Array[Byte] = {
    val text = texts(random.nextInt(texts.size)).getBytes(UTF_8)
    random.nextInt(6) match {
      case 0 => null
      case 1 if text.nonEmpty =>
        text.updated(random.nextInt(text.length), letters(random.nextInt(letters.length)).toByte)
      case 2 => text ++ random.nextInt(100000).toString.getBytes(UTF_8)
      case _ => text
    }
  }

  /** Rows with values that the ingestion does not store, including invalid UTF-8. */
  private def invalidDF(seed: Int, rows: Int): DataFrame = {
    val random = new Random(seed)
    val values = Seq.fill(rows)(Row(ClickSchema.columns.map {
      case "createdtime" => randomText(random, times, "0123456789-:.TZ+ \u00e9")
      case _             => randomText(random, names, "ax \u00ff\u0085")
    }: _*))
    val schema = StructType(ClickSchema.columns.map(StructField(_, BinaryType)))
    spark.createDataFrame(spark.sparkContext.parallelize(values, 1), schema)
  }

  folder.test("Valid and invalid rows have the same counts and reasons as in Spark SQL.") { folder =>
    Seq(5000, 5000, 60000).zipWithIndex.foreach { case (rows, seed) =>
      deliver(invalidDF(seed, rows), in(folder), day)
    }
    val found = source(folder)
    assertEquals(found.files.map(_.getLen > FileCounts.WholeBytes).sorted, Seq(false, false, true))
    val all = found.clicks(spark, found.files.map(file => new Path(file.getPath.toString).toUri.toString))
    val checked = SqlCounts.check(all).cache()
    val expected = SqlCounts.tally(checked)
    val actual = tally(folder)
    assertEquals(actual.clicks, expected.clicks)
    assertEquals(actual.rejected.toSet, expected.rejected.toSet)
    assert(expected.counted > 1000 && expected.rejections > 1000 && expected.rejected.size > 6, expected.reasons)

    val columns = (Seq("reason", "sourcefile") ++ ClickSchema.columns).map(col)
    val rejected = checked.filter(col("reason") =!= lit("")).select(columns: _*)
    assertEquals(all.transform(ClickRules.filterRejected).exceptAll(rejected).count(), 0L)
    assertEquals(rejected.exceptAll(all.transform(ClickRules.filterRejected)).count(), 0L)
    checked.unpersist()
  }
}

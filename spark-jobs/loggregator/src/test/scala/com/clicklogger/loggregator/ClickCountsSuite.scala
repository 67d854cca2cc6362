package com.clicklogger.loggregator

import org.apache.spark.sql.DataFrame
import org.apache.spark.sql.functions.{col, lit}

class ClickCountsSuite extends SparkSuite {
  private def checked(clicks: Map[String, String]*): DataFrame =
    clicksDF(clicks: _*)
      .withColumn("sourcefile", lit("s3://clicks/a.parquet"))
      .transform(ClickCounts.withEventDate)
      .transform(ClickCounts.withReason)

  private def tally(clicks: Map[String, String]*): Tally =
    Tally.collect(checked(clicks: _*).transform(ClickCounts.countClicks))

  private def reasons(clicks: Map[String, String]*): Seq[(String, Long)] = tally(clicks: _*).reasons

  private val days = Seq(
    "2023-02-08T10:15:30Z" -> "2023-02-08",
    "2023-02-08T23:59:59.999Z" -> "2023-02-08",
    "2023-02-08T00:00:00Z" -> "2023-02-08",
    "2023-02-08T23:30:00-05:00" -> "2023-02-09",
    "2023-02-08T00:30:00+13:00" -> "2023-02-07",
    "2023-02-08T10:15:30" -> "2023-02-08",
    "2023-02-08 10:15" -> "2023-02-08",
    "2023-02-08" -> "2023-02-08",
    " 2023-02-08T10:15:30Z " -> "2023-02-08",
    "2024-02-29T12:00:00Z" -> "2024-02-29",
    "02-08-2023 10:15:30" -> "2023-02-08",
    "12-31-2022 11:59:59" -> "2022-12-31"
  )

  private val noTimes = Seq(
    null,
    "",
    "  ",
    "soon",
    "2023",
    "2023-02",
    "2023-2-8",
    "10:15:30",
    "T10:15:30",
    "1675851330",
    "2023-02-30T10:00:00Z",
    "2023-02-08T25:00:00Z",
    "2023-02-08T10:15:30Zulu",
    "13-01-2023 10:00:00",
    "02-30-2023 10:00:00"
  )

  /** createdtime -> (eventdate, reason), of all cases in one go. */
  private lazy val dated: Map[String, (String, String)] =
    checked((days.map(_._1) ++ noTimes).map(time => click("createdtime" -> time)): _*)
      .select(col("createdtime"), col("eventdate").cast("string"), col("reason"))
      .collect()
      .map(row => row.getString(0) -> ((row.getString(1), row.getString(2))))
      .toMap

  days.foreach { case (createdtime, date) =>
    test(s"the day of '$createdtime' is $date, UTC") {
      assertEquals(dated(createdtime), (date, ""))
    }
  }

  noTimes.foreach { createdtime =>
    test(s"'$createdtime' is no time: the row is rejected, not counted under a guessed day") {
      assertEquals(dated(createdtime), (null, "unreadable createdtime"))
    }
  }

  test("counts by day, caller and component, sorted by all three") {
    val found = tally(
      click("component" -> "products"),
      click("createdtime" -> "2023-02-09T00:00:00Z"),
      click("callerid" -> "zebra", "createdtime" -> "2023-02-07T00:00:00Z"),
      click("requestid" -> "r2", "user" -> "someone", "createdtime" -> "2023-02-08T23:00:00Z"),
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

  test("a row of nulls is rejected for all it lacks") {
    val nulls = ClickSchema.columns.map(_ -> null).toMap[String, String]
    assertEquals(reasons(nulls), Seq("missing callerid and missing component and unreadable createdtime" -> 1L))
  }

  Seq(null, "", "   ", "\t\n", "\u00a0", "\u3000").foreach { blank =>
    val shown = Option(blank).fold("null")(_.map(c => f"U+${c.toInt}%04X").mkString(" "))
    test(s"a callerid or component of '$shown' is missing") {
      assertEquals(reasons(click("callerid" -> blank)), Seq("missing callerid" -> 1L))
      assertEquals(reasons(click("component" -> blank)), Seq("missing component" -> 1L))
    }
  }

  test("columns that the report does not show may be null") {
    val bare = Seq("requestid", "contextid", "action", "type", "user", "clientip").map(_ -> null)
    assertEquals(tally(click(bare: _*)).clicks, Seq(ClickCount("2023-02-08", "app", "login", 1)))
  }

  test("an empty frame has no counts") {
    assertEquals(tally(), Tally(Nil, Nil))
  }

  test("rejected rows keep their values, their reason and their file") {
    val files = Seq("s3://clicks/a.parquet")
    val rejected = checked(click(), click("callerid" -> "")).transform(ClickCounts.filterRejected(files))
    assertEquals(rejected.columns.toSeq, Seq("reason", "sourcefile") ++ ClickSchema.columns)
    val rows = rejected.collect().map(row => (row.getString(0), row.getString(1), row.getAs[String]("callerid")))
    assertEquals(rows.toSeq, Seq(("missing callerid", "s3://clicks/a.parquet", "")))
  }

  test("a tally that does not account for every record is refused") {
    val found = tally(click(), click("callerid" -> null))
    found.verify(2)
    Seq(1L, 3L).foreach { records =>
      val error = intercept[LoggregatorError](found.verify(records))
      assert(error.getMessage.contains(s"the files hold $records records, but 1 were counted and 1 rejected"))
    }
  }
}

package com.clicklogger.loggregator

import java.time.LocalDate

class ArgumentsSuite extends munit.FunSuite {
  private val today = LocalDate.of(2026, 11, 21)

  private def parse(args: String*): Arguments = Arguments.parse(args, today)

  private def refused(args: String*): String = intercept[LoggregatorError](parse(args: _*)).getMessage

  test("a date names the day and the report's folder") {
    val arguments = parse("2023-02-08", "us-east-1-clicks", "us-east-1-reports")
    val day = OneDay(LocalDate.of(2023, 2, 8))
    assertEquals(arguments, Arguments(day, "s3://us-east-1-clicks", "s3://us-east-1-reports"))
    assertEquals(arguments.period.folder, "2023/02/08")
  }

  test("ALL is filed under the day of the run") {
    assertEquals(parse("ALL", "clicks", "reports").period.folder, "ALL/2026/11/21")
  }

  test("ALL is filed under the report date when there is one") {
    assertEquals(parse("ALL", "clicks", "reports", "2024-02-29").period.folder, "ALL/2024/02/29")
  }

  test("a report date does not move the report of a day") {
    assertEquals(parse("2023-02-08", "clicks", "reports", "2024-02-29").period.folder, "2023/02/08")
  }

  test("a URI is taken as it is, but for slashes at its end") {
    val arguments = parse("ALL", "file:///data/clicks/", "s3://reports/prefix")
    assertEquals(arguments.source, "file:///data/clicks")
    assertEquals(arguments.output, "s3://reports/prefix")
  }

  private val noDays =
    Seq("2023-2-8", "2023-02-30", "yesterday", "08-02-2023", "2023-02-08T00:00:00Z", "+12023-02-08", "all", "")

  noDays.foreach { date =>
    test(s"refuses the date '$date'") {
      val message = refused(date, "clicks", "reports")
      assertEquals(message, s"date '$date' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08 or ALL")
    }
  }

  test("refuses a bad report date, which can not be ALL") {
    assertEquals(
      refused("ALL", "clicks", "reports", "ALL"),
      "report date 'ALL' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08"
    )
  }

  test("refuses too few and too many arguments, and shows them") {
    assert(refused().startsWith("expected 3 or 4 arguments, received 0 (none); pass <date"))
    assert(refused("ALL", "clicks").startsWith("expected 3 or 4 arguments, received 2 ('ALL', 'clicks'); pass <date"))
    assert(refused("ALL", "a", "b", "2023-02-08", "x").startsWith("expected 3 or 4 arguments, received 5"))
  }

  Seq("", "My_Bucket", "bucket/prefix", "ab").foreach { bucket =>
    test(s"refuses the bucket '$bucket' and says which argument it was") {
      assert(refused("ALL", bucket, "reports").startsWith(s"source '$bucket' is neither a bucket name nor a URI"))
      assert(refused("ALL", "clicks", bucket).startsWith(s"output '$bucket' is neither a bucket name nor a URI"))
    }
  }

  test("refuses a folder that Hadoop would take for a pattern") {
    assert(refused("ALL", "file:///clicks/{a,b}", "reports").contains("has one of * ? { } [ ]"))
  }
}

package com.clicklogger.loggregator

import java.time.LocalDate

class ArgumentsSuite extends munit.FunSuite {
  private val today = LocalDate.of(2026, 11, 21)

  private def parse(args: String*): Arguments = Arguments.parse(args, today)

  private def rejected(args: String*): String = intercept[LoggregatorError](parse(args: _*)).getMessage

  test("A date determines the day and the folder of the report.") {
    val arguments = parse("2023-02-08", "us-east-1-clicks", "us-east-1-reports")
    val day = OneDay(LocalDate.of(2023, 2, 8))
    assertEquals(arguments, Arguments(day, "s3://us-east-1-clicks", "s3://us-east-1-reports"))
    assertEquals(arguments.period.folder, "2023/02/08")
  }

  test("The folder of ALL has the day of the run.") {
    assertEquals(parse("ALL", "clicks", "reports").period.folder, "ALL/2026/11/21")
  }

  test("The folder of ALL has the report date.") {
    assertEquals(parse("ALL", "clicks", "reports", "2024-02-29").period.folder, "ALL/2024/02/29")
  }

  test("The folder of a day does not depend on the report date.") {
    assertEquals(parse("2023-02-08", "clicks", "reports", "2024-02-29").period.folder, "2023/02/08")
  }

  test("Trailing slashes of a URI are removed.") {
    val arguments = parse("ALL", "file:///data/clicks/", "s3://reports/prefix")
    assertEquals(arguments.source, "file:///data/clicks")
    assertEquals(arguments.output, "s3://reports/prefix")
  }

  private val noDays =
    Seq("2023-2-8", "2023-02-30", "yesterday", "08-02-2023", "2023-02-08T00:00:00Z", "+12023-02-08", "all", "")

  noDays.foreach { date =>
    test(s"The date '$date' is rejected.") {
      val message = rejected(date, "clicks", "reports")
      assertEquals(message, s"date '$date' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08 or ALL")
    }
  }

  test("The report date ALL is rejected.") {
    assertEquals(
      rejected("ALL", "clicks", "reports", "ALL"),
      "report date 'ALL' is not a calendar day; pass it as yyyy-MM-dd, like 2023-02-08"
    )
  }

  test("Too few and too many arguments are rejected with their values.") {
    assert(rejected().startsWith("expected 3 or 4 arguments, received 0 (none); pass <date"))
    assert(rejected("ALL", "clicks").startsWith("expected 3 or 4 arguments, received 2 ('ALL', 'clicks'); pass <date"))
    assert(rejected("ALL", "a", "b", "2023-02-08", "x").startsWith("expected 3 or 4 arguments, received 5"))
  }

  Seq("", "My_Bucket", "bucket/prefix", "ab").foreach { bucket =>
    test(s"The bucket '$bucket' is rejected with the name of its argument.") {
      assert(rejected("ALL", bucket, "reports").startsWith(s"source '$bucket' is neither a bucket name nor a URI"))
      assert(rejected("ALL", "clicks", bucket).startsWith(s"output '$bucket' is neither a bucket name nor a URI"))
    }
  }

  test("A folder with a glob pattern is rejected.") {
    assert(rejected("ALL", "file:///clicks/{a,b}", "reports").contains("contains one of * ? { } [ ]"))
  }
}

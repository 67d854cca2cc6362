package com.clicklogger.loggregator

class ReportSuite extends munit.FunSuite {
  private val source = "s3://clicks/clicklog/data=2023-02-08"
  private val rejectedIn = "s3://reports/rejected/2023/02/08"

  private def render(clicks: Seq[ClickCount], rejected: Seq[RejectedCount] = Nil): String =
    Report.render(Tally(clicks, rejected), source, rejectedIn)

  test("a row for each count, then an empty line and the summary") {
    val clicks = Seq(
      ClickCount("2023-02-08", "shop", "checkout", 2),
      ClickCount("2023-02-08", "shop", "login", 1234567)
    )
    assertEquals(
      render(clicks),
      s"""||createdTime|callerid|component|count|
          ||---|---|---|---:|
          ||2023-02-08|shop|checkout|2|
          ||2023-02-08|shop|login|1234567|
          |
          |1234569 records read from $source: 1234569 counted, 0 rejected.
          |""".stripMargin
    )
  }

  test("without clicks there is a table without rows, and a word about it") {
    assertEquals(
      render(Nil),
      s"""||createdTime|callerid|component|count|
          ||---|---|---|---:|
          |
          |No clicks. 0 records read from $source: 0 counted, 0 rejected.
          |""".stripMargin
    )
  }

  test("rejected rows are summed by reason, with the place where they are") {
    val rejected = Seq(
      RejectedCount("unreadable createdtime", "a.parquet", 1),
      RejectedCount("missing callerid", "a.parquet", 2),
      RejectedCount("missing callerid", "b.parquet", 3)
    )
    val summary = render(Seq(ClickCount("2023-02-08", "shop", "login", 4)), rejected).linesIterator.toSeq.last
    assertEquals(
      summary,
      s"10 records read from $source: 4 counted, 6 rejected " +
        s"(missing callerid: 5, unreadable createdtime: 1; see $rejectedIn)."
    )
  }

  Seq(
    "a|b" -> "a\\|b",
    "a\\" -> "a\\\\",
    "a\\|b" -> "a\\\\\\|b",
    "a\nb\r\nc\rd" -> "a<br>b<br>c<br>d",
    "a\u2028b" -> "a<br>b",
    "<script>" -> "&lt;script>",
    "&lt;" -> "&amp;lt;",
    "*a* `b` ~c~" -> "\\*a\\* \\`b\\` \\~c\\~",
    "![x](http://y)" -> "!\\[x\\](http://y)",
    "_a_b_" -> "\\_a_b\\_",
    "submit_order" -> "submit_order",
    "名前 é" -> "名前 é"
  ).foreach { case (value, cell) =>
    test(s"a cell shows $value letter by letter".replaceAll("\\R", "/")) {
      assertEquals(Report.escape(value), cell)
      assert(render(Seq(ClickCount("2023-02-08", value, value, 1))).contains(s"|2023-02-08|$cell|$cell|1|\n"))
    }
  }
}

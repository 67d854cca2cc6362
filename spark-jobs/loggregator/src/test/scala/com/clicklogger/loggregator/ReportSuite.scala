package com.clicklogger.loggregator

import scala.util.Random

class ReportSuite extends munit.FunSuite {
  private val source = ClickSource("s3://clicks/clicklog/data=2023-02-08", Nil, Nil)
  private val rejectedIn = "s3://reports/rejected/2023/02/08"

  private def render(clicks: Seq[ClickCount], rejected: Seq[RejectedCount] = Nil): String =
    Report.render(Tally(clicks, rejected), source, rejectedIn)

  test("The report has a row for each count, an empty line and a summary.") {
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
          |1234569 records read from `${source.location}`: 1234569 counted, 0 rejected.
          |""".stripMargin
    )
  }

  test("A report without clicks has an empty table and a note.") {
    assertEquals(
      render(Nil),
      s"""||createdTime|callerid|component|count|
          ||---|---|---|---:|
          |
          |No clicks. 0 records read from `${source.location}`: 0 counted, 0 rejected.
          |""".stripMargin
    )
  }

  test("The summary has the rejected rows by reason, and their location.") {
    val rejected = Seq(
      RejectedCount("unreadable createdtime", "a.parquet", 1),
      RejectedCount("missing callerid", "a.parquet", 2),
      RejectedCount("missing callerid", "b.parquet", 3)
    )
    val summary = render(Seq(ClickCount("2023-02-08", "shop", "login", 4)), rejected).linesIterator.toSeq.last
    assertEquals(
      summary,
      s"10 records read from `${source.location}`: 4 counted, 6 rejected " +
        s"(missing callerid: 5, unreadable createdtime: 1; see `$rejectedIn`)."
    )
  }

  test("The summary has the first files without content.") {
    def files(count: Int): Seq[String] = (1 to count).map(number => s"s3://clicks/$number|.parquet")
    def summary(count: Int): String = Report.render(Tally(Nil, Nil), source.copy(empty = files(count)), rejectedIn)
    assert(summary(1).endsWith(" 0 rejected. Without content, 0 bytes: `s3://clicks/1\\|.parquet`.\n"), summary(1))
    assert(summary(7).endsWith(", `s3://clicks/5\\|.parquet` and 2 more.\n"), summary(7))
  }

  Seq("submit_order", "campaign-1", "Partner Shop 2", "名前 é").foreach { name =>
    test(s"The plain name $name is an unchanged cell.") {
      assertEquals(Report.cell(name), name)
    }
  }

  Seq(
    "a|b" -> "`a\\|b`",
    "a\\" -> "`a\\`",
    "a\\|b" -> "`a\\\\u007cb`",
    "a\nb\r\nc\td" -> "`a\\u000ab\\u000d\\u000ac\\u0009d`",
    "a\u2028b" -> "`a\\u2028b`",
    "a" + "\\" + "u2028b" -> "`a\\u005cu2028b`",
    "esc\u001b[31m\u009b2J\u007f" -> "`esc\\u001b[31m\\u009b2J\\u007f`",
    "bidi\u202egnp.exe" -> "`bidi\\u202egnp.exe`",
    "zero\u200bwidth\ufeff" -> "`zero\\u200bwidth\\ufeff`",
    "filler\u3164" -> "`filler\\u3164`",
    "tag\udb40\udc41" -> "`tag\\udb40\\udc41`",
    "no\u00a0break" -> "`no\\u00a0break`",
    "nul\u0000x" -> "`nul\\u0000x`",
    "<img src=https://evil.example/i.png>" -> "`<img src=https://evil.example/i.png>`",
    "&lt;" -> "`&lt;`",
    "*a* ~c~" -> "`*a* ~c~`",
    "$`x`$ $$a$$" -> "``$`x`$ $$a$$``",
    "``a`" -> "``` ``a` ```",
    " padded " -> "`  padded  `",
    "![x](http://y)" -> "`![x](http://y)`",
    "www.evil.example" -> "`www.evil.example`",
    "https://evil.example" -> "`https://evil.example`",
    "me@evil.example" -> "`me@evil.example`",
    "@octocat" -> "`@octocat`",
    "octo/repo#12" -> "`octo/repo#12`",
    "GH-12" -> "`GH-12`",
    "16c999e8c71134401a78d4d46435517b2271d6ac" -> "`16c999e8c71134401a78d4d46435517b2271d6ac`",
    ":tada:" -> "`:tada:`",
    "_a_b_" -> "`_a_b_`"
  ).foreach { case (value, cell) =>
    test(s"The cell $cell renders its value literally.") {
      assertEquals(Report.cell(value), cell)
      assert(render(Seq(ClickCount("2023-02-08", value, value, 1))).contains(s"|2023-02-08|$cell|$cell|1|\n"))
    }
  }

  test("A row with random names has four cells, and code ends with its cell.") {
    val random = new Random(7)
    val pieces = Seq("\\", "|", "`", "``", " ", "a", "$", "\n", "<", "@", "\u202e", "_")
    // A cell in GitHub Markdown, with escaped characters: https://github.github.com/gfm/#example-200
    val cells = """((?:\\.|[^|\\])*)\|""".r
    val code = """(`+)( ?)(.*?)\2\1""".r
    def piece(): String = pieces(random.nextInt(pieces.size))
    val names = Seq.fill(5000)(Seq.fill(1 + random.nextInt(7))(piece()).mkString)
    names.foreach { name =>
      val row = render(Seq(ClickCount("2023-02-08", name, name, 1))).linesIterator.drop(2).next
      val found = cells.findAllMatchIn(row.tail).map(_.group(1)).toSeq
      assertEquals(found.size, 4, row)
      assertEquals(found.patch(1, Nil, 2), Seq("2023-02-08", "1"))
      val codes = Seq("\n" -> "\\u000a", "\u202e" -> "\\u202e", "\\|" -> "\\\\u007c")
      val expected = codes.foldLeft(name) { case (text, (raw, code)) => text.replace(raw, code) }
      val shown = found(1) match {
        case code(fence, _, text) =>
          assert("`+".r.findAllIn(text).forall(_ != fence), row)
          text.replace("\\|", "|")
        case plain => plain
      }
      assertEquals(shown, expected, row)
    }
  }

  test("A cell has only visible characters, for all characters.") {
    // Planes 0, 1 and 14 contain all characters except CJK and private use.
    val all = (0 to 0x1ffff) ++ (0xe0000 to 0xeffff)
    val shown = all.grouped(1024).map(codes => Report.cell(new String(codes.toArray, 0, codes.size))).mkString
    val bad = (Character.CONTROL +: Seq(Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED)).map(_.toInt)
    val blank = Seq(Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SPACE_SEPARATOR).map(_.toInt)
    val left = shown.codePoints.toArray.filter(code => code != ' ' && (bad ++ blank).contains(Character.getType(code)))
    assertEquals(left.toSeq, Nil)
  }
}

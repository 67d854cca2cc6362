package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.UTF_8
import java.time.LocalDate

class ClickRulesSuite extends munit.FunSuite {
  private val days = Seq(
    "2023-02-08T10:15:30Z" -> "2023-02-08",
    "2023-02-08T10:15:30.123Z" -> "2023-02-08",
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
    "2023-02-30T10:00:00.000Z",
    "2023-02-08T25:00:00Z",
    "2023-02-08T24:00:00.000Z",
    "2023-02-08T10:15:30Zulu",
    "13-01-2023 10:00:00",
    "02-30-2023 10:00:00"
  )

  days.foreach { case (createdtime, date) =>
    test(s"The UTC day of '$createdtime' is $date.") {
      assertEquals(ClickRules.day(createdtime), Some(LocalDate.parse(date).toEpochDay.toInt))
    }
  }

  noTimes.foreach { createdtime =>
    test(s"'$createdtime' is not a valid time.") {
      assertEquals(ClickRules.day(createdtime), None)
    }
  }

  test("The day of a plain time is its first ten characters, for every changed character.") {
    for (time <- Seq("2023-02-08T10:15:30.123Z", "2024-02-29T23:59:59.999Z", "0000-01-01T00:00:00.000Z")) {
      assert(ClickRules.isPlainTime(time.getBytes(UTF_8)), time)
      for (i <- time.indices; letter <- "0123456789-:.TZ+ \n\u00e9") {
        val other = time.updated(i, letter)
        if (ClickRules.isPlainTime(other.getBytes(UTF_8)))
          assertEquals(ClickRules.day(other.take(ClickRules.DayLength)), ClickRules.day(other), other)
      }
    }
  }

  Seq(null, "", "   ", "\t\n", "\u00a0", "\u3000").foreach { blank =>
    val shown = Option(blank).fold("null")(_.map(c => f"U+${c.toInt}%04X").mkString(" "))
    test(s"'$shown' is not a valid name.") {
      assert(!ClickRules.isName(blank))
    }
  }
}

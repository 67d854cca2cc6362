package com.clicklogger.loggregator

import java.io.{ByteArrayOutputStream, PrintStream}
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.Files

import org.apache.spark.sql.functions.lit

class MainSuite extends JobSuite {
  folder.test("The report of a day has its counts and a summary.") { folder =>
    deliver(clicksDF(click(), click(), click("component" -> "a|b")), in(folder), day)
    deliver(clicksDF(click("createdtime" -> "02-08-2023 11:00:00")), in(folder), day)
    val line = run(folder)
    assert(line.endsWith("out/2023/02/08/response.md: 4 records read, 4 counted, 0 rejected"), line)
    val report = out(folder)("2023/02/08/response.md")
    val rows = "|2023-02-08|app|`a\\|b`|1|\n|2023-02-08|app|login|3|\n"
    assert(report.startsWith(s"$header$rows\n4 records read from "), report)
    assertEquals(out(folder).keySet, Set("2023/02/08/response.md"))
  }

  folder.test("The report of a day does not read other partitions.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val other = deliver(clicksDF(click()), in(folder), "2023-02-09")
    damage(other, _ => "not Parquet".getBytes(UTF_8))
    run(folder)
    assert(out(folder)("2023/02/08/response.md").contains("|2023-02-08|app|login|1|"))
    assert(failure(folder, "ALL").contains(other.getFileName.toString))
  }

  folder.test("The report of ALL counts all partitions by event date, and its folder has the report date.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    deliver(clicksDF(click(), click("createdtime" -> "2023-02-09T01:00:00Z")), in(folder), "2023-02-09")
    run(folder, "ALL")
    val report = out(folder)("ALL/2026/11/21/response.md")
    assert(report.startsWith(s"$header|2023-02-08|app|login|2|\n|2023-02-09|app|login|1|\n\n3 records read"), report)
  }

  folder.test("Rejected rows are counted, and stored as JSON lines with reason, file and nulls.") { folder =>
    val file = deliver(clicksDF(click(), click("callerid" -> null), click("createdtime" -> "soon")), in(folder), day)
    run(folder)
    val report = out(folder)("2023/02/08/response.md")
    assert(report.contains(": 1 counted, 2 rejected (missing callerid: 1, unreadable createdtime: 1; see "), report)
    val lines = out(folder).collect { case (name, text) if name.startsWith("rejected/2023/02/08/") => text }
    val json = lines.flatMap(_.linesIterator).toSeq.sorted
    assertEquals(json.size, 2)
    assert(json.head.startsWith("{\"reason\":\"missing callerid\",\"sourcefile\":\"file:/"), json.head)
    assert(json.head.contains(file.getFileName.toString) && json.head.contains("\"callerid\":null"), json.head)
    assert(json.last.contains("\"createdtime\":\"soon\""), json.last)
  }

  folder.test("A second run replaces the report and the rejected rows.") { folder =>
    val first = deliver(clicksDF(click(), click("callerid" -> "")), in(folder), day)
    run(folder)
    assert(out(folder).keys.exists(_.startsWith("rejected/2023/02/08/")))
    Files.delete(first)
    deliver(clicksDF(click(), click(), click("component" -> "")), in(folder), day)
    run(folder)
    val rejected = out(folder).filterKeys(_.startsWith("rejected/")).values.flatMap(_.linesIterator).toSeq
    assertEquals(rejected.count(_.contains("missing component")), 1)
    assertEquals(rejected.size, 1)
    assert(out(folder)("2023/02/08/response.md").contains("|2023-02-08|app|login|2|"))
  }

  folder.test("A second run without rejected rows deletes the rejected rows of its day.") { folder =>
    val first = deliver(clicksDF(click("callerid" -> "")), in(folder), day)
    deliver(clicksDF(click("callerid" -> "")), in(folder), "2023-02-09")
    run(folder)
    run(folder, "2023-02-09")
    Files.delete(first)
    deliver(clicksDF(click()), in(folder), day)
    run(folder)
    assertEquals(out(folder).keySet.count(_.startsWith("rejected/2023/02/08/")), 0)
    assertEquals(out(folder).keySet.count(_.startsWith("rejected/2023/02/09/")), 1)
  }

  folder.test("The report of a partition without files or with empty files has no clicks.") { folder =>
    val partition = Files.createDirectories(in(folder).resolve(s"clicklog/data=$day"))
    run(folder)
    val none = out(folder)("2023/02/08/response.md")
    assert(none.startsWith(s"$header\nNo clicks. 0 records read from "), none)
    deliver(emptyDF(ClickSchema.struct), in(folder), day)
    run(folder)
    assertEquals(out(folder)("2023/02/08/response.md"), none)
    Files.createFile(partition.resolve("zero-bytes.parquet"))
    run(folder)
    val named = out(folder)("2023/02/08/response.md")
    assert(named.startsWith(none.trim) && named.contains("zero-bytes.parquet`"), named)
  }

  folder.test("Hidden files and directory markers are ignored.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val partition = in(folder).resolve(s"clicklog/data=$day")
    val names = Seq("_SUCCESS", ".hidden.parquet", "hour=01_$folder$", "a.parquet._COPYING_", "_temporary/0/a.parquet")
    (names.map(partition.resolve) :+ partition.resolveSibling("data=2023-02-09_$folder$")).foreach { file =>
      Files.createDirectories(file.getParent)
      Files.writeString(file, "not Parquet")
    }
    Files.createDirectories(partition.resolve("marker"))
    Seq(day, "ALL").foreach(date => assert(run(folder, date).endsWith("1 records read, 1 counted, 0 rejected")))
  }

  folder.test("Subfolders of a partition are read.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    deliver(clicksDF(click(), click("callerid" -> "")), in(folder), s"$day/hour=01")
    assert(run(folder).endsWith("3 records read, 2 counted, 1 rejected"))
    assert(run(folder, "ALL").endsWith("3 records read, 2 counted, 1 rejected"))
  }

  folder.test("A missing optional column is null in the rejected rows.") { folder =>
    val earlier = clicksDF(click(), click("callerid" -> "")).drop("user", "clientip")
    deliver(earlier, in(folder), day)
    deliver(clicksDF(click()), in(folder), "2023-02-09")
    assert(run(folder, "ALL").endsWith("3 records read, 2 counted, 1 rejected"))
    val rejected = out(folder).collectFirst { case (name, text) if name.startsWith("rejected/ALL/") => text }
    assert(rejected.exists(_.contains("\"user\":null,\"clientip\":null")), rejected)
  }

  folder.test("Columns that are not in the schema are ignored.") { folder =>
    deliver(clicksDF(click()).withColumn("device", lit(7)), in(folder), day)
    assert(run(folder).endsWith("1 records read, 1 counted, 0 rejected"))
  }

  private def execute(args: String*): (Int, Seq[String]) = {
    val err = new ByteArrayOutputStream
    val noSession = () => throw new IllegalStateException("no session may start")
    val out = new PrintStream(new ByteArrayOutputStream)
    val code = Main.execute(args, noSession, out, new PrintStream(err, true, UTF_8))
    (code, err.toString(UTF_8).linesIterator.toSeq)
  }

  test("Invalid arguments exit with 1 and one line on stderr, before Spark starts.") {
    val (code, lines) = execute("yesterday", "clicks", "reports")
    assertEquals(code, 1)
    assertEquals(lines.size, 1)
    assert(lines.head.startsWith("LoggregatorError: date 'yesterday' is not a calendar day; pass"), lines.head)
  }

  test("An unexpected failure exits with 1, one line and a stack trace.") {
    val (code, lines) = execute("2023-02-08", "clicks", "reports")
    assertEquals(code, 1)
    val start = "LoggregatorError: the job failed: IllegalStateException: no session may start;"
    assert(lines.head.startsWith(start), lines.head)
    assert(lines.tail.exists(_.trim.startsWith("at ")))
  }
}

package com.clicklogger.loggregator

import java.io.{ByteArrayOutputStream, PrintStream}
import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.{Files, Path => File}
import java.time.LocalDate

import org.apache.spark.sql.SparkSession
import org.apache.spark.sql.functions.{col, lit}

class MainSuite extends SparkSuite {
  private val day = "2023-02-08"
  private val header = "|createdTime|callerid|component|count|\n|---|---|---|---:|\n"

  private def in(folder: File): File = folder.resolve("in")
  private def out(folder: File): Map[String, String] = contents(Files.createDirectories(folder.resolve("out")))

  private def run(folder: File, date: String = day, session: SparkSession = spark): String = {
    val args = Seq(date, s"file://${in(folder)}", s"file://$folder/out")
    Main.run(session, Arguments.parse(args, LocalDate.of(2026, 11, 21)))
  }

  private def failure(folder: File, date: String = day, session: SparkSession = spark): String =
    LoggregatorError.from(intercept[Exception](run(folder, date, session))).line

  private def damage(file: File, change: Array[Byte] => Array[Byte]): Unit = {
    Files.deleteIfExists(file.resolveSibling(s".${file.getFileName}.crc"))
    val _ = Files.write(file, change(Files.readAllBytes(file)))
  }

  /** Zeroes in the data; the footer stays good. */
  private def scratched(bytes: Array[Byte]): Array[Byte] =
    bytes.zipWithIndex.map { case (byte, i) => if (i >= 4 && i < bytes.length / 4) 0.toByte else byte }

  folder.test("a day's report has its counts, and its summary adds up") { folder =>
    deliver(clicksDF(click(), click(), click("component" -> "a|b")), in(folder), day)
    deliver(clicksDF(click("createdtime" -> "02-08-2023 11:00:00")), in(folder), day)
    val line = run(folder)
    assert(line.endsWith("out/2023/02/08/response.md: 4 records read, 4 counted, 0 rejected"), line)
    val report = out(folder)("2023/02/08/response.md")
    assert(report.startsWith(s"$header|2023-02-08|app|a\\|b|1|\n|2023-02-08|app|login|3|\n\n4 records read from "), report)
    assertEquals(out(folder).keySet, Set("2023/02/08/response.md"))
  }

  folder.test("a day reads no other partition, not even to find a damaged file there; ALL does") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val other = deliver(clicksDF(click()), in(folder), "2023-02-09")
    damage(other, _ => "not Parquet".getBytes(UTF_8))
    run(folder)
    assert(out(folder)("2023/02/08/response.md").contains("|2023-02-08|app|login|1|"))
    assert(failure(folder, "ALL").contains(other.getFileName.toString))
  }

  folder.test("ALL counts every partition by event date and is filed under the report date") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    deliver(clicksDF(click(), click("createdtime" -> "2023-02-09T01:00:00Z")), in(folder), "2023-02-09")
    run(folder, "ALL")
    val report = out(folder)("ALL/2026/11/21/response.md")
    assert(report.startsWith(s"$header|2023-02-08|app|login|2|\n|2023-02-09|app|login|1|\n\n3 records read"), report)
  }

  folder.test("rejected rows are kept as JSON lines, with reason, file and nulls, and counted in the report") { folder =>
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

  folder.test("a second run replaces the report and the rejected rows") { folder =>
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

  folder.test("a second run without rejected rows removes those of the first, and no other day's") { folder =>
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

  folder.test("a partition without files, or with empty ones, gives a report without clicks") { folder =>
    val partition = Files.createDirectories(in(folder).resolve(s"clicklog/data=$day"))
    run(folder)
    val none = out(folder)("2023/02/08/response.md")
    assert(none.startsWith(s"$header\nNo clicks. 0 records read from "), none)
    Files.createFile(partition.resolve("zero-bytes.parquet"))
    deliver(emptyDF(ClickSchema.struct), in(folder), day)
    run(folder)
    assertEquals(out(folder)("2023/02/08/response.md"), none)
  }

  folder.test("hidden files and markers of other tools are not read") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    Seq("_SUCCESS", "_temporary", ".hidden.parquet").foreach { name =>
      Files.writeString(in(folder).resolve(s"clicklog/data=$day/$name"), "not Parquet")
    }
    assert(run(folder).endsWith("1 records read, 1 counted, 0 rejected"))
  }

  folder.test("columns that the schema does not know are ignored") { folder =>
    deliver(clicksDF(click()).withColumn("device", lit(7)), in(folder), day)
    assert(run(folder).endsWith("1 records read, 1 counted, 0 rejected"))
  }

  folder.test("a day without a folder is an error that names the folder") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val line = failure(folder, "2023-02-10")
    assert(line.startsWith("LoggregatorError: no clicks: there is no folder file:///"), line)
    assert(line.contains("clicklog/data=2023-02-10; check the date"), line)
  }

  folder.test("ALL without any partition is an error") { folder =>
    Files.createDirectories(in(folder))
    assert(failure(folder, "ALL").contains("clicklog/data=*; check the source bucket"))
  }

  Seq[(String, Array[Byte] => Array[Byte])](
    "is no Parquet" -> (_ => "PK, not Parquet".getBytes(UTF_8)),
    "was cut off" -> (bytes => bytes.take(bytes.length / 2)),
    "is too short" -> (_.take(3)),
    "has damaged data" -> scratched
  ).foreach { case (fault, change) =>
    folder.test(s"a file that $fault is named, and nothing is published") { folder =>
      deliver(clicksDF(click()), in(folder), day)
      val bad = deliver(clicksDF(Seq.fill(1000)(click()): _*), in(folder), day)
      damage(bad, change)
      val line = failure(folder)
      assert(line.startsWith("LoggregatorError: cannot read file:/"), line)
      assert(line.contains(bad.getFileName.toString), line)
      assertEquals(out(folder), Map.empty[String, String])
    }
  }

  folder.test("missing columns are listed with the present ones and the file") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val bad = deliver(clicksDF(click()).select("requestid", "component", "createdtime"), in(folder), day)
    val line = failure(folder)
    assert(line.contains(s"${bad.getFileName} lacks the columns contextid, callerid, action, type, user, clientip;"), line)
    assert(line.contains("it has requestid, component, createdtime;"), line)
    assertEquals(out(folder), Map.empty[String, String])
  }

  folder.test("columns of another type are listed with the file") { folder =>
    val typed = clicksDF(click()).withColumn("callerid", lit(7)).withColumn("createdtime", col("createdtime").cast("timestamp"))
    val bad = deliver(typed, in(folder), day)
    val line = failure(folder)
    assert(line.contains(s"${bad.getFileName} has other types than string: "), line)
    assert(line.contains("int32 callerid") && line.contains("createdtime"), line)
  }

  folder.test("when several files have a fault, the first is named and the others are counted") { folder =>
    Seq(1, 2, 3).foreach(_ => deliver(clicksDF(click()).drop("callerid"), in(folder), day))
    assert(failure(folder).endsWith("(2 more files have such a fault)"))
  }

  folder.test("rows that Spark was told to skip are missed: the last report stays") { folder =>
    val good = deliver(clicksDF(click()), in(folder), day)
    run(folder)
    val before = out(folder)
    damage(deliver(clicksDF(Seq.fill(1000)(click()): _*), in(folder), day), scratched)
    val lenient = spark.newSession()
    lenient.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    Main.settings.foreach { case (key, value) => lenient.conf.set(key, value) }
    val line = failure(folder, session = lenient)
    assert(line.contains("the counts do not add up: the files hold 1001 records, but 1 were counted and 0 rejected"), line)
    assertEquals(out(folder), before)
    assert(Files.exists(good))
  }

  folder.test("when the report cannot be written, there is none") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    Files.writeString(Files.createDirectories(folder.resolve("out")).resolve("2023"), "a file where a folder must be")
    assert(failure(folder).startsWith("LoggregatorError: the job failed: "))
    assertEquals(out(folder).keySet, Set("2023"))
  }

  private def execute(args: String*): (Int, Seq[String]) = {
    val err = new ByteArrayOutputStream
    val noSession = () => throw new IllegalStateException("no session may start")
    val code = Main.execute(args, noSession, new PrintStream(new ByteArrayOutputStream), new PrintStream(err, true, UTF_8))
    (code, err.toString(UTF_8).linesIterator.toSeq)
  }

  test("bad arguments end with 1 and one line on stderr, before Spark starts") {
    val (code, lines) = execute("yesterday", "clicks", "reports")
    assertEquals(code, 1)
    assertEquals(lines, Seq("LoggregatorError: date 'yesterday' is no calendar day; pass it as yyyy-MM-dd, like 2023-02-08 or ALL"))
  }

  test("an unforeseen failure ends with 1; its stack trace follows the line") {
    val (code, lines) = execute("2023-02-08", "clicks", "reports")
    assertEquals(code, 1)
    assert(lines.head.startsWith("LoggregatorError: the job failed: IllegalStateException: no session may start;"), lines.head)
    assert(lines.tail.exists(_.trim.startsWith("at ")))
  }
}

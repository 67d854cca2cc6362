package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.UTF_8
import java.nio.file.Files

import org.apache.spark.sql.functions.{col, lit}

class JobFailureSuite extends JobSuite {
  folder.test("A day without a folder is an error with the folder.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val line = failure(folder, "2023-02-10")
    assert(line.startsWith("LoggregatorError: no clicks: there is no folder file:///"), line)
    assert(line.contains("clicklog/data=2023-02-10; check the date"), line)
  }

  folder.test("ALL without a partition is an error.") { folder =>
    Files.createDirectories(in(folder))
    assert(failure(folder, "ALL").contains("clicklog/data=*; check the source bucket"))
  }

  Seq[(String, Array[Byte] => Array[Byte])](
    "is not Parquet" -> (_ => "PK, not Parquet".getBytes(UTF_8)),
    "is truncated" -> (bytes => bytes.take(bytes.length / 2)),
    "is too short" -> (_.take(3)),
    "has damaged data" -> scratched
  ).foreach { case (fault, change) =>
    folder.test(s"A file that $fault is an error with the file, and nothing is published.") { folder =>
      deliver(clicksDF(click()), in(folder), day)
      val bad = deliver(clicksDF(Seq.fill(1000)(click()): _*), in(folder), day)
      damage(bad, change)
      val line = failure(folder)
      assert(line.startsWith("LoggregatorError: cannot read file:/"), line)
      assert(line.contains(bad.getFileName.toString), line)
      assertEquals(out(folder), Map.empty[String, String])
    }
  }

  folder.test("Missing required columns are reported with the present columns and the file.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    val bad = deliver(clicksDF(click()).select("requestid", "component", "createdtime"), in(folder), day)
    val line = failure(folder)
    val missing = "contextid, callerid, action, type"
    assert(line.contains(s"${bad.getFileName} lacks the columns $missing;"), line)
    assert(line.contains("it has requestid, component, createdtime;"), line)
    assertEquals(out(folder), Map.empty[String, String])
  }

  folder.test("A file without createdtime is rejected, although the field is optional in requests.") { folder =>
    val bad = deliver(clicksDF(click()).drop("createdtime"), in(folder), day)
    assert(failure(folder).contains(s"${bad.getFileName} lacks the columns createdtime; it has requestid,"))
  }

  folder.test("Columns with another type are reported with the file.") { folder =>
    val time = col("createdtime").cast("timestamp")
    val typed = clicksDF(click()).withColumn("callerid", lit(7)).withColumn("createdtime", time)
    val bad = deliver(typed, in(folder), day)
    val line = failure(folder)
    assert(line.contains(s"${bad.getFileName} has other types than string: "), line)
    assert(line.contains("int32 callerid") && line.contains("createdtime"), line)
  }

  folder.test("The first of several invalid files is reported with the number of others.") { folder =>
    Seq(1, 2, 3).foreach(_ => deliver(clicksDF(click()).drop("callerid"), in(folder), day))
    assert(failure(folder).endsWith("(2 more files have an error)"))
  }

  folder.test("A damaged file is an error even with ignoreCorruptFiles, and the last report is unchanged.") { folder =>
    val good = deliver(clicksDF(click()), in(folder), day)
    run(folder)
    val before = out(folder)
    val bad = deliver(clicksDF(Seq.fill(1000)(click()): _*), in(folder), day)
    damage(bad, scratched)
    val lenient = spark.newSession()
    lenient.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    Main.settings.foreach { case (key, value) => lenient.conf.set(key, value) }
    val line = failure(folder, session = lenient)
    assert(line.startsWith("LoggregatorError: cannot read file:/") && line.contains(bad.getFileName.toString), line)
    assertEquals(out(folder), before)
    assert(Files.exists(good))
  }

  folder.test("There is no report when it cannot be written.") { folder =>
    deliver(clicksDF(click()), in(folder), day)
    Files.writeString(Files.createDirectories(folder.resolve("out")).resolve("2023"), "a file where a folder must be")
    assert(failure(folder).startsWith("LoggregatorError: the job failed: "))
    assertEquals(out(folder).keySet, Set("2023"))
  }
}

package com.clicklogger.loggregator

import java.io.IOException
import java.nio.file.{Files, Path => File}
import java.time.LocalDate

import org.apache.hadoop.conf.Configuration

class ReportStoreSuite extends SparkSuite {
  private val period = OneDay(LocalDate.of(2023, 2, 8))

  private def store(scheme: String, folder: File): ReportStore = {
    val conf = new Configuration(spark.sparkContext.hadoopConfiguration)
    conf.set("fs.objects.impl", classOf[ObjectFileSystem].getName)
    conf.set("fs.disk.impl", classOf[DiskFileSystem].getName)
    new ReportStore(Arguments(period, "file:///unused", s"$scheme:$folder"), conf)
  }

  private def local(folder: File): ReportStore = store("file", folder)

  folder.test("A publication replaces a report and leaves no draft.") { folder =>
    local(folder).publish("first")
    local(folder).publish("second")
    assertEquals(contents(folder), Map("2023/02/08/response.md" -> "second"))
  }

  folder.test("A failed write does not change the report and leaves no draft.") { folder =>
    local(folder).publish("first")
    intercept[IOException](store("disk", folder).publish(s"second ${FailingFileSystem.Fault}"))
    assertEquals(contents(folder), Map("2023/02/08/response.md" -> "first"))
  }

  folder.test("A failed rename leaves no draft.") { folder =>
    val file = Files.createDirectories(folder.resolve("2023/02/08/response.md")).resolve("file")
    Files.writeString(file, "existing")
    intercept[IOException](local(folder).publish("report"))
    assertEquals(contents(folder), Map("2023/02/08/response.md/file" -> "existing"))
  }

  folder.test("On an object store the report is written to its final key without a rename.") { folder =>
    val objects = store("objects", folder)
    objects.publish("first")
    objects.publish("second")
    assertEquals(contents(folder), Map("2023/02/08/response.md" -> "second"))
  }

  folder.test("On an object store a failed write is aborted.") { folder =>
    val objects = store("objects", folder)
    objects.publish("first")
    intercept[IOException](objects.publish(s"second ${FailingFileSystem.Fault}"))
    assertEquals(contents(folder), Map("2023/02/08/response.md" -> "first"))
  }

  folder.test("Rejected texts with a formula start with an apostrophe.") { folder =>
    val texts = Seq("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "a=1", " =1", "", null)
    local(folder).replaceRejected(clicksDF(texts.map(text => click("user" -> text)): _*), texts.size.toLong)
    val shown = spark.read.json(local(folder).rejected.toString).select("user").collect.map(_.getString(0)).toSet
    assertEquals(shown, (texts.take(7).map("'" + _) ++ texts.drop(7)).toSet)
  }

  folder.test("Missing rejected rows are an error.") { folder =>
    val error = intercept[LoggregatorError](local(folder).replaceRejected(clicksDF(click()), 2))
    assert(error.getMessage.startsWith("1 rejected rows were written to "), error.getMessage)
  }

  folder.test("Rejected rows need not exist to be deleted.") { folder =>
    local(folder).removeRejected()
    assertEquals(contents(folder), Map.empty[String, String])
  }
}

package com.clicklogger.loggregator

import java.nio.file.{Files, Path => File}
import java.time.LocalDate

import org.apache.spark.sql.SparkSession

/** Runs the job with the folders `in` and `out` of a test. */
abstract class JobSuite extends SparkSuite {
  protected val day = "2023-02-08"
  protected val header = "|createdTime|callerid|component|count|\n|---|---|---|---:|\n"

  protected def in(folder: File): File = folder.resolve("in")
  protected def out(folder: File): Map[String, String] = contents(Files.createDirectories(folder.resolve("out")))

  protected def run(folder: File, date: String = day, session: SparkSession = spark): String = {
    val args = Seq(date, s"file://${in(folder)}", s"file://$folder/out")
    Main.run(session, Arguments.parse(args, LocalDate.of(2026, 11, 21)))
  }

  protected def failure(folder: File, date: String = day, session: SparkSession = spark): String =
    LoggregatorError.from(intercept[Exception](run(folder, date, session))).line

  protected def damage(file: File, change: Array[Byte] => Array[Byte]): Unit = {
    Files.deleteIfExists(file.resolveSibling(s".${file.getFileName}.crc"))
    Files.write(file, change(Files.readAllBytes(file)))
  }

  /** Replaces data by zeros, but not the footer. */
  protected def scratched(bytes: Array[Byte]): Array[Byte] =
    bytes.zipWithIndex.map { case (byte, i) => if (i >= 4 && i < bytes.length / 4) 0.toByte else byte }
}

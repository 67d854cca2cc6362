package com.clicklogger.loggregator

import java.nio.charset.StandardCharsets.UTF_8

import org.apache.hadoop.fs.Path
import org.apache.spark.sql.SparkSession

/** Baseline for benchmarks: counts clicks with Spark SQL without validation.
  *
  * It infers the schema, prints the first rows and the schema, and computes the counts again for the report.
  */
object ReferenceJob {

  /** Arguments: `<date | *> <source URI> <URI of the report>`. */
  def main(args: Array[String]): Unit = {
    val Array(date, source, report) = args
    val spark = SparkSession.builder.appName("reference").getOrCreate()
    spark.read.parquet(s"$source/clicklog/data=$date").createOrReplaceTempView("clicks")
    val clicks = spark.sql("SELECT substring(createdtime, 1, 10) AS day, callerid, component FROM clicks")
    val counts = clicks.groupBy("day", "callerid", "component").count().orderBy("day", "callerid", "component")
    counts.show()
    clicks.printSchema()
    var text = "|createdTime|callerid|component|count|\n|---|---|---|---|\n"
    for (row <- counts.rdd.collect()) text += s"|${row.mkString("|")}|\n"
    println(text)
    val path = new Path(report)
    val stream = path.getFileSystem(spark.sparkContext.hadoopConfiguration).create(path, true)
    try stream.write(text.getBytes(UTF_8))
    finally stream.close()
  }
}

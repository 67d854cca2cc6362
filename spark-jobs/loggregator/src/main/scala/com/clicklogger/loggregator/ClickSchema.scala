package com.clicklogger.loggregator

import scala.collection.JavaConverters._

import com.fasterxml.jackson.databind.{JsonNode, ObjectMapper}
import org.apache.spark.sql.types.{StringType, StructField, StructType}

/** The click record of schemas/click.json, which the build adds to the jar. */
object ClickSchema {
  private val resource = "/schemas/click.json"
  private val document: JsonNode = {
    val stream = getClass.getResourceAsStream(resource)
    if (stream == null) throw new LoggregatorError(s"the jar has no $resource; build it again with Maven")
    try new ObjectMapper().readTree(stream)
    finally stream.close()
  }

  /** The columns in order, all nullable: Parquet files of Firehose have no required columns. */
  val struct: StructType = StructType(document.get("fields").elements.asScala.map(column).toSeq)

  /** The column names in their order. */
  val columns: Seq[String] = struct.fieldNames.toSeq

  /** The columns that every file must have; other missing columns are null. */
  val required: Seq[String] =
    document.get("fields").elements.asScala.filter(_.get("required").asBoolean).map(_.get("name").asText).toSeq

  /** The partition column: folders are named `<partition>=yyyy-MM-dd`. */
  val partition: String = document.at("/partition/name").asText

  private def column(field: JsonNode): StructField = {
    val name = field.get("name").asText
    val kind = field.get("type").asText
    if (kind != "string")
      throw new LoggregatorError(s"$resource: column $name has type '$kind'; this job reads only string columns")
    StructField(name, StringType)
  }
}

package com.clicklogger.loggregator

class ClickSchemaSuite extends munit.FunSuite {
  test("The columns have the order of schemas/click.json.") {
    assertEquals(
      ClickSchema.columns,
      Seq("requestid", "contextid", "callerid", "component", "action", "type", "user", "clientip", "createdtime")
    )
  }

  test("Every column is a nullable string.") {
    assert(ClickSchema.struct.forall(field => field.dataType.typeName == "string" && field.nullable))
  }

  test("The partition column is not a column of the files.") {
    assertEquals(ClickSchema.partition, "data")
    assert(!ClickSchema.columns.contains(ClickSchema.partition))
  }
}

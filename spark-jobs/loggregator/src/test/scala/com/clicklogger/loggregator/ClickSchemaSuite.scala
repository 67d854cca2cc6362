package com.clicklogger.loggregator

class ClickSchemaSuite extends munit.FunSuite {
  test("the columns are those of schemas/click.json, in its order") {
    assertEquals(
      ClickSchema.columns,
      Seq("requestid", "contextid", "callerid", "component", "action", "type", "user", "clientip", "createdtime")
    )
  }

  test("every column is a string that may be null") {
    assert(ClickSchema.struct.forall(field => field.dataType.typeName == "string" && field.nullable))
  }

  test("the partition column is not one of them") {
    assertEquals(ClickSchema.partition, "data")
    assert(!ClickSchema.columns.contains(ClickSchema.partition))
  }
}

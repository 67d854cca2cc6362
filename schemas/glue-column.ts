export interface GlueColumn {
  /** Lower case: Glue converts names to lower case, and Parquet readers are case-sensitive. */
  readonly name: string;
  /** Hive type, e.g. `string`, `bigint`. */
  readonly type: string;
  readonly comment: string;
}

/** Converts a field of a schema file to a column of a Glue table; the description becomes the comment. */
export function glueColumn(field: {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}): GlueColumn {
  return { name: field.name, type: field.type, comment: field.description };
}

/** One column of a Glue table. */
export interface GlueColumn {
  /** Lower case: Glue folds names, and Parquet readers compare them exactly. */
  readonly name: string;
  /** Hive type, e.g. `string`, `bigint`. */
  readonly type: string;
  readonly comment: string;
}

/** A field of a schema file as a column of a Glue table: its description is the column's comment. */
export function glueColumn(field: {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}): GlueColumn {
  return { name: field.name, type: field.type, comment: field.description };
}

import schema from './covid-report.json';
import { type GlueColumn, glueColumn } from './glue-column';

/** A column of the hospital CSV files that the job reads; it ignores other columns. */
export interface CovidSourceColumn {
  /** As in the header; case-insensitive in files. */
  readonly name: string;
  readonly description: string;
}

/** An optional column with daily numbers. */
export interface CovidMetricColumn extends CovidSourceColumn {
  /** Column of the report that is empty when no file has this column. */
  readonly feeds: string;
}

/** Columns of the Glue table that the job writes, in the order of its Parquet and CSV files. */
export const covidReportColumns: readonly GlueColumn[] = schema.columns.map(glueColumn);

/** The table's only partition key: the day of the run. */
export const covidReportPartition: GlueColumn = glueColumn(schema.partition);

/** Columns that every source file must have. */
export const covidKeyColumns: readonly CovidSourceColumn[] = schema.source.keys;

/** At least one source file must have at least one of these columns. */
export const covidMetricColumns: readonly CovidMetricColumn[] = schema.source.metrics;

/** Postal codes of the states and territories of the report, sorted; rows of other states are rejected. */
export const covidStates: readonly string[] = schema.states;

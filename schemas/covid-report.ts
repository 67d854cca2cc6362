import schema from './covid-report.json';
import { type GlueColumn, glueColumn } from './glue-column';

/** A column of the hospital CSV files that the job reads; it ignores all others. */
export interface CovidSourceColumn {
  /** As in the header; files may write it in any letter case. */
  readonly name: string;
  readonly description: string;
}

/** A column with daily numbers; a file may lack it. */
export interface CovidMetricColumn extends CovidSourceColumn {
  /** The report's column that is empty when no file has this one. */
  readonly feeds: string;
}

/** Columns of the Glue table that the job writes, in the order of its Parquet and CSV files. */
export const covidReportColumns: readonly GlueColumn[] = schema.columns.map(glueColumn);

/** The table's only partition key: the day of the run. */
export const covidReportPartition: GlueColumn = glueColumn(schema.partition);

/** Columns that every source file must have. */
export const covidKeyColumns: readonly CovidSourceColumn[] = schema.source.keys;

/** Columns of which at least one source file must have at least one. */
export const covidMetricColumns: readonly CovidMetricColumn[] = schema.source.metrics;

/** Postal codes of the states and territories that the report may hold, sorted; rows of others are rejected. */
export const covidStates: readonly string[] = schema.states;

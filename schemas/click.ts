import schema from './click.json';
import { type GlueColumn, glueColumn } from './glue-column';

/** One field of a click, as click.json declares it. */
export interface ClickField {
  readonly name: string;
  /** Glue (Hive) type; every field of a click is a `string`. */
  readonly type: string;
  readonly required: boolean;
  /** Stored when the caller sends no value; the ingestion Lambda fills an optional field without default. */
  readonly default?: string;
  readonly description: string;
}

/** One click: field name → value. A stored click has exactly the names of {@link clickFields}. */
export type Click = Readonly<Record<string, string>>;

/** The fields of a stored click, in the order of the Glue table's columns. */
export const clickFields: readonly ClickField[] = schema.fields;

/** Columns of the Glue table of Firehose and Athena. */
export const clickColumns: readonly GlueColumn[] = schema.fields.map(glueColumn);

/** The table's only partition key: the day on which Firehose received the click. */
export const clickPartition: GlueColumn = glueColumn(schema.partition);

/** [component, action, type] of the four steps of the sample. */
const SAMPLE_STEPS = [
  ['login', 'load', 'webpage'],
  ['products', 'show', 'webpage'],
  ['checkout', 'show', 'webpage'],
  ['submitorder', 'backend', 'process'],
] as const;

const SAMPLE_CLICKS_PER_STEP = 2;

/**
 * Generated sample data: two clicks on each of the four steps of the shop. Clicks have only the required fields, so that the
 * ingestion Lambda adds its defaults.
 */
export function sampleClicks(): Click[] {
  const steps = SAMPLE_STEPS.flatMap((step) => Array.from({ length: SAMPLE_CLICKS_PER_STEP }, () => step));
  return steps.map(([component, action, type], index) => {
    const number = String(index + 1).padStart(3, '0');
    return {
      requestid: `OAP-guid-${number}`,
      contextid: `OAP-ctxt-${number}`,
      callerid: 'OrderingApplication',
      component,
      action,
      type,
    };
  });
}

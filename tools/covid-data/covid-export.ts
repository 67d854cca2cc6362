import { delimiter } from 'node:path';
import * as z from 'zod';
import { runCommand } from '../cli/command';
import { TaskError } from '../cli/errors';
import { fromRoot, PYTHON } from '../cli/paths';
import { GENERATED_COLUMN, GENERATED_PREFIX } from './covid-sample';

const checkSchema = z.object({
  bytes: z.number(),
  byte_order_mark: z.boolean(),
  sha256: z.string(),
  header: z.array(z.string()),
  missing: z.array(z.object({ column: z.string(), leavesEmpty: z.string() })),
  rows: z.number(),
  states: z.array(z.string()),
  first: z.string(),
  last: z.string(),
  notes: z.array(z.string()),
});

/** A hospital CSV file that the job accepts. */
export interface CovidExport extends Pick<
  z.infer<typeof checkSchema>,
  'bytes' | 'sha256' | 'rows' | 'missing' | 'states' | 'notes'
> {
  readonly file: string;
  /** Name in raw/: `hhs-state-timeseries_FIRST_LAST_HASH.csv`, or `generated-sample_…` for generated data. */
  readonly canonicalName: string;
  /** Whether `covid:load --sample` generated the data. */
  readonly generated: boolean;
  readonly encoding: 'UTF-8' | 'UTF-8 with byte-order mark';
  readonly columns: number;
  /** First and last day of rows with a valid state, yyyy-MM-dd. */
  readonly period: { readonly first: string; readonly last: string };
}

/**
 * Checks the file with the code of the job (spark-jobs/covid-report/covid_report/check.py).
 *
 * @throws TaskError when the job would reject the file, or all of its rows for their state or date
 */
export async function checkExport(file: string): Promise<CovidExport> {
  const path = [fromRoot('spark-jobs/covid-report'), process.env.PYTHONPATH].filter(Boolean).join(delimiter);
  const { exitCode, stdout, stderr } = await runCommand(PYTHON, ['-m', 'covid_report.check', file], {
    cwd: process.cwd(),
    env: { ...process.env, PYTHONPATH: path },
  });
  if (exitCode !== 0) throw new TaskError(stderr.trim());
  const { byte_order_mark: hasMark, header, first, last, ...found } = checkSchema.parse(JSON.parse(stdout));
  const generated = header.includes(GENERATED_COLUMN);
  const name = generated ? GENERATED_PREFIX : 'hhs-state-timeseries';
  return {
    file,
    ...found,
    canonicalName: `${name}_${first}_${last}_${found.sha256.slice(0, 8)}.csv`,
    generated,
    encoding: hasMark ? 'UTF-8 with byte-order mark' : 'UTF-8',
    columns: header.length,
    period: { first, last },
  };
}

import { join } from 'node:path';
import { runProgram } from '../support/local-run';

/** Public exports that are not part of the project: tests on them are skipped, and reported as such, without them. */
const FOLDER = join(__dirname, '../../../shared/data');
export const EIGHT_STATES = join(FOLDER, 'hhs_state_timeseries_2022_export_8_states.csv');
export const FULL = join(FOLDER, 'hhs_state_timeseries_2020-08-26.csv');

/** Rows of the report of a file, as Python's csv module and exact fractions compute them. */
export async function expectedReport(file: string): Promise<string[]> {
  const program = '__tests__/spark-jobs/covid_report/expected_report.py';
  const { stdout } = await runProgram('.venv/bin/python', [program, file], process.env);
  return stdout.trimEnd().split('\n');
}

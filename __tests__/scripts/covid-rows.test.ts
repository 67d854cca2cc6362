import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { checkExport } from '../../scripts/lib/covid-export';
import { headerOf, RowRules } from '../../scripts/lib/covid-rows';

/** The last cell of each row says how it is judged; test_covid_shared_rows.py runs the job on the same file. */
const ROWS = join(__dirname, '../fixtures/covid-rows.csv');

const records: string[][] = parse(readFileSync(ROWS), {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  relax_column_count: true,
});
const [header = [], ...rows] = records.filter((cells) => cells.length > 1);
const judged = rows.filter((cells) => cells.at(-1) !== 'EXPECTED');
const rules = new RowRules('rows.csv', headerOf(header));

it.each(judged.filter((cells) => cells.at(-1) !== 'duplicate').map((cells) => [cells.join('|'), cells]))(
  'judges %s as the job does',
  (_, cells) => {
    const row = rules.judge(cells);
    expect('reason' in row ? row.reason : 'counted').toBe(cells.at(-1));
  },
);

it('counts the rows of the file as the job does', async () => {
  const { rows: read, usableRows, rejected } = await checkExport(ROWS);
  const count = (expected: string): number => judged.filter((cells) => cells.at(-1) === expected).length;
  expect(read).toBe(judged.length);
  expect(usableRows).toBe(count('counted'));
  for (const [reason, { rows: found }] of Object.entries(rejected))
    expect([reason, found]).toEqual([reason, count(reason)]);
  expect(Object.keys(rejected)).toHaveLength(6);
});

it('names the value at fault', () => {
  const [state, ...rest] = judged.find((cells) => cells.at(-1) === 'counted')!;
  expect(rules.judge([`${state!}!`, ...rest])).toEqual({ reason: 'unknown_state', detail: 'state "AK!"' });
});

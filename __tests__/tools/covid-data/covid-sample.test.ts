import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExport, type CovidExport } from '../../../tools/covid-data/covid-export';
import { GENERATED_COLUMN, GENERATED_PREFIX, writeSample } from '../../../tools/covid-data/covid-sample';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const file = join(folder, 'sample.csv');

let text: string;
let checked: CovidExport;
beforeAll(async () => {
  await writeSample(file);
  text = readFileSync(file, 'utf8');
  checked = await checkExport(file);
});

test('The sample has the same bytes on all machines.', () => {
  expect(checked.sha256).toBe('9172acbc25c56368aff60ea9fb3da22f82df1f354c93cef7cc61f7ae850194cb');
});

test('The sample has 50 states and 24 months of days, five territories, and all columns of the report.', () => {
  expect(checked.period).toEqual({ first: '2021-01-01', last: '2022-12-31' });
  expect(checked.states).toHaveLength(55);
  expect(checked.missing).toEqual([]);
  // 730 days of the states, 31 days of the territories, and 20 duplicate or invalid rows.
  expect(checked.rows).toBe(50 * 730 + 5 * 31 + 20);
});

test('The sample has 2.3 beds per thousand residents of a state.', () => {
  const beds = (state: string): number =>
    Number(new RegExp(`^${state},2021-01-01,(\\d+),`, 'm').exec(text)?.[1]);
  expect(beds('CA') / 39_538).toBeCloseTo(2.3, 0);
  expect(beds('WY') / 577).toBeCloseTo(2.3, 0);
});

test('The sample is marked as generated in its name, its header and all rows.', () => {
  expect(checked.generated).toBe(true);
  expect(checked.canonicalName.startsWith(GENERATED_PREFIX)).toBe(true);
  const rows = text.split(/\r?\n/).filter((line) => line !== '' && !line.endsWith(GENERATED_COLUMN));
  expect(rows.filter((line) => !line.endsWith(',"generated, not real"'))).toEqual([]);
});

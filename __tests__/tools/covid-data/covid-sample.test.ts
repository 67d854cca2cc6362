import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkExport, type CovidExport } from '../../../tools/covid-data/covid-export';
import { GENERATED_COLUMN, GENERATED_PREFIX, writeSample } from '../../../tools/covid-data/covid-sample';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();
const file = join(folder, 'sample.csv');

let text: string;
let checked: CovidExport;
beforeAll(async () => {
  await writeSample(file);
  text = readFileSync(file, 'utf8');
  checked = await checkExport(file);
});

it('is the same bytes on every machine', () => {
  expect(checked.sha256).toBe('47057b690e526717976aa222d1f2f4c7142240d855ca1c5ebb7acec670538e99');
});

it('holds 50 states and 24 months of days, and five territories', () => {
  expect(checked.period).toEqual({ first: '2021-01-01', last: '2022-12-31' });
  expect(checked.states).toHaveLength(55);
  // 730 days of the states, 31 of the territories, and 20 rows that no report may count.
  expect(checked.rows).toBe(50 * 730 + 5 * 31 + 20);
});

it('has every column that the report is made of', () => {
  expect(checked.missing).toEqual([]);
});

it('says that it is generated in its name, in its header and in every row', () => {
  expect(checked.generated).toBe(true);
  expect(checked.canonicalName.startsWith(GENERATED_PREFIX)).toBe(true);
  const rows = text.split(/\r?\n/).filter((line) => line !== '' && !line.endsWith(GENERATED_COLUMN));
  expect(rows.filter((line) => !line.endsWith(',"generated, not real"'))).toEqual([]);
});

it.each([
  ['a byte-order mark', /^\uFEFF/],
  ['thousands separators', /,"\d+,\d{3}",/],
  ['dates with slashes', /,2021\/03\/05,/],
  ['dates without leading zeros', /,2021\/4\/5,/],
  ['ISO timestamps', /,2021-06-01T00:00:00\.000,/],
  ['empty cells', /,\d+,,\d+/],
  ['rows without any number', /OH,2022-03-13,,,,,/],
  ['lines that end in CRLF', /\r\n/],
  ['lines that end in LF', /[^\r]\n/],
  ['quoted commas', /"generated, not real"/],
  ['a territory', /^PR,/m],
])('has %s', (_, pattern) => {
  expect(text).toMatch(pattern);
});

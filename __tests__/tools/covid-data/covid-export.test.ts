import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { checkExport, type CovidExport } from '../../../tools/covid-data/covid-export';
import { ExportHeader } from '../../../tools/covid-data/covid-rows';
import { TaskError } from '../../../tools/cli/errors';
import { temporaryFolder } from '../../scripts/fake-tools';

const folder = temporaryFolder();

const HEADER =
  'state,date,inpatient_beds,total_staffed_adult_icu_beds,' +
  'inpatient_bed_covid_utilization_numerator,inpatient_bed_covid_utilization_denominator';
const ROW = 'TX,2021-01-01,100,20,5,50';
const GOOD = `${HEADER}\n${ROW}\nFL,2021-02-01,100,20,5,50\n`;

function write(content: string | Uint8Array, name = 'export.csv'): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function check(content: string | Uint8Array): Promise<CovidExport> {
  return checkExport(write(content));
}

async function failure(file: string): Promise<string> {
  const error: unknown = await checkExport(file).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TaskError);
  return (error as TaskError).message;
}

describe('a good file', () => {
  it('is described by its rows, period and states', async () => {
    expect(await check(GOOD)).toMatchObject({
      rows: 2,
      columns: 6,
      bytes: GOOD.length,
      encoding: 'UTF-8',
      generated: false,
      states: ['FL', 'TX'],
      period: { first: '2021-01-01', last: '2021-02-01' },
      missing: [],
      notes: [],
    });
  });

  it('gets a name that tells its period and content, whatever it was called', async () => {
    const name = /^hhs-state-timeseries_2021-01-01_2021-02-01_[0-9a-f]{8}\.csv$/;
    const [first, renamed, changed] = await Promise.all([
      checkExport(write(GOOD, 'a.csv')),
      checkExport(write(GOOD, 'b.txt')),
      checkExport(write(GOOD.replace('100', '101'), 'c.csv')),
    ]);
    expect(first.canonicalName).toMatch(name);
    expect(renamed.canonicalName).toBe(first.canonicalName);
    expect(changed.canonicalName).toMatch(name);
    expect(changed.canonicalName).not.toBe(first.canonicalName);
  });

  it('may have a byte-order mark, CRLF, quotes, upper-case columns and no line end at last', async () => {
    const text = `\uFEFF${GOOD.toUpperCase().trimEnd().replaceAll('\n', '\r\n').replace('100', '"1,000"')}`;
    expect(await check(text)).toMatchObject({
      rows: 2,
      encoding: 'UTF-8 with byte-order mark',
      notes: [],
    });
  });

  it('may have line breaks inside cells', async () => {
    const text = `${HEADER},note\n${ROW},"two\nlines"\n`;
    expect(await check(text)).toMatchObject({ rows: 1 });
  });

  it('may lack the ICU columns, which is noted with the report column that stays empty', async () => {
    const found = await check('state,date,inpatient_beds\nTX,2021-01-01,100\n');
    expect(found.missing).toContainEqual({
      column: 'total_staffed_adult_icu_beds',
      leavesEmpty: 'avg_icu_beds',
    });
    expect(found.missing).toHaveLength(3);
    expect(found.notes).toContain(
      'avg_icu_beds stays empty for this file: it has no column total_staffed_adult_icu_beds',
    );
  });

  it('takes its period and states from rows with a day of the calendar and a known state', async () => {
    const others = ['XX,2023-01-01', 'TX,2023-02-30', 'TX,01/01/2019', 'tx ,2021/3/1'];
    const found = await check(`${GOOD}${others.map((key) => `${key},1,1,1,1\n`).join('')}TX,2024-01-01,1\n`);
    expect(found).toMatchObject({
      rows: 7,
      states: ['FL', 'TX'],
      period: { first: '2021-01-01', last: '2021-03-01' },
    });
  });

  it('may hold its header again and blank lines, which are no rows', async () => {
    const found = await check(`\n${GOOD}\n${GOOD}`);
    expect(found.rows).toBe(4);
    expect(found.notes).toEqual([
      'the header comes again in 1 line, which the job skips',
      '1 line without any text, which the job skips',
    ]);
  });

  it('tells of bytes that are not UTF-8 beyond the start, which the job reads as well', async () => {
    const long = Buffer.from(`${GOOD}${`${ROW}\n`.repeat(4000)}`);
    const found = await check(Buffer.concat([long, Buffer.from([0xe9]), Buffer.from(`${ROW}\n`)]));
    expect(found.notes).toContain('1 line with bytes that are not UTF-8');
  });

  it('is told apart from generated data by its header', async () => {
    const found = await check('state,date,inpatient_beds,generated_sample_data\nTX,2021-01-01,100,x\n');
    expect(found).toMatchObject({ generated: true });
    expect(found.canonicalName).toMatch(/^generated-sample_2021-01-01_2021-01-01_/);
  });

  it('reports progress up to its last byte', async () => {
    const onProgress = jest.fn();
    await checkExport(write(GOOD), onProgress);
    expect(onProgress).toHaveBeenLastCalledWith(GOOD.length, GOOD.length);
  });
});

/** The last cell of each row says how the job judges it: test_covid_shared_rows.py. */
const [names = [], ...records]: string[][] = parse(
  readFileSync(join(__dirname, '../../fixtures/covid-rows.csv')),
  {
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
  },
);
const rows = records.filter((cells) => cells.length > 1 && cells.at(-1) !== 'EXPECTED');

it.each(rows.map((cells) => [cells.join('|'), cells]))(
  'has a state and a day in %s as the job',
  (_, cells) => {
    const withoutKey = ['invalid_date', 'unknown_state', 'wrong_number_of_cells'].includes(
      cells.at(-1) ?? '',
    );
    expect(new ExportHeader('rows.csv', names).keyOf(cells) === undefined).toBe(withoutKey);
  },
);

const latin1 = Buffer.from(`${HEADER}\nTX,2021-01-01,1é,20,5,50\n`, 'latin1');
const workbook = zipSync({ '[Content_Types].xml': strToU8('<Types/>') });

it.each<[what: string, content: string | Uint8Array, message: RegExp]>([
  ['an empty file', '', /is empty \(0 bytes\)/],
  ['blank lines only', '\n \r\n', /is empty/],
  ['a header only', `${HEADER}\n`, /a header and no rows/],
  ['a header without a line end', HEADER, /a header and no rows/],
  ['a web page', '<!DOCTYPE html>\n<html>', /web page or XML, it begins with "<!DOCTYPE html>/],
  ['no state column', GOOD.replace('state', 'province'), /lacks the column state;.*province, date/],
  ['no date column', GOOD.replace('date', 'day'), /lacks the column date;/],
  ['neither', 'a,b\n1,2\n', /lacks the column state and date; its header is a, b/],
  ['semicolons', GOOD.replaceAll(',', ';'), /lacks the column state and date;.*separate the cells by commas/],
  [
    'no column to report on',
    'state,date,deaths\nTX,2021-01-01,1\n',
    /no column to report on; export .*inpatient_beds/,
  ],
  ['a column twice', 'state,date,inpatient_beds,state\nTX,2021-01-01,1,TX\n', /has the column state twice/],
  ['UTF-16', Buffer.from(`\uFEFF${GOOD}`, 'utf16le'), /is UTF-16 text/],
  ['UTF-16 without a mark', Buffer.from(GOOD, 'utf16le'), /has zero bytes/],
  ['Latin-1', latin1, /is no UTF-8/],
  ['gzip', gzipSync(strToU8(GOOD)), /is compressed with gzip/],
  ['an Excel workbook', workbook, /is a zip file or an Excel workbook/],
  ['line ends of old Macs', GOOD.replaceAll('\n', '\r'), /has no line feed/],
  [
    'an open quote',
    `${HEADER}\nTX,2021-01-01,"100,20,5,50\n${`${ROW}\n`.repeat(5)}`,
    /quote that is not closed/,
  ],
  [
    'a quote that closes lines later',
    `${HEADER}\nTX,"2021-01-01,1,2,3,4\n${ROW}\nFL,2021-01-01",1,2,3,4\n`,
    /not closed on its line, which swallows the lines up to 4/,
  ],
  [
    'another header in the middle',
    `${GOOD}state,date,deaths\nTX,2021-01-01,1\n`,
    /second header with other columns in line 4/,
  ],
  [
    'days in another format',
    `${HEADER}\nTX,12/01/2022,1,1,1,1\n`,
    /a date as yyyy-MM-dd .*is "TX,12\/01\/2022,1/,
  ],
  ['cells that are not those of the header', `${HEADER}\n${ROW},7\n`, /none has 6 cells/],
  [
    'rows that cannot count',
    `${HEADER}\nXX,2021-01-01,1,1,1,1\n`,
    /All 1 rows .*none has 6 cells .*in line 2, is "XX,2021-01-01/,
  ],
])('refuses %s, naming the file and what to do', async (_, content, message) => {
  const file = write(content);
  const text = await failure(file);
  expect(text).toMatch(message);
  expect(text).toContain(file);
});

it('refuses an open quote before it has filled the memory', async () => {
  const text = await failure(write(`${HEADER}\nTX,2021-01-01,"${'no comma here '.repeat(200_000)}`));
  expect(text).toMatch(/quote that is not closed.*Max Record Size/);
});

it('refuses a folder and a file that is not there', async () => {
  const inner = join(folder, 'data.csv.d');
  mkdirSync(inner);
  expect(await failure(inner)).toBe(`${inner} is a folder; give the CSV file itself.`);
  expect(await failure(join(folder, 'none.csv'))).toMatch(/none\.csv cannot be read: ENOENT/);
});

/** Public data that is not part of the project; without it these tests count as skipped. */
const REAL = join(__dirname, '../../../../shared/data');
const itWithRealData = existsSync(REAL) ? it : it.skip;

itWithRealData.each([
  ['hhs_state_timeseries_2020-08-26.csv', { rows: 22, columns: 117, missing: [] }],
  ['hhs_state_timeseries_2022_export_8_states.csv', { rows: 5680, columns: 13 }],
])('takes the real export %s', async (name, expected) => {
  expect(await checkExport(join(REAL, name))).toMatchObject(expected);
});

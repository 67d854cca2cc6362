import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { covidMetricColumns, covidStates } from '../../schemas/covid-report';
import { SampleNumbers, type DayNumbers } from './covid-sample-numbers';

/** A header with this column marks data that was generated: it stays with the data whatever the file is called. */
export const GENERATED_COLUMN = 'generated_sample_data';

/** The names of generated files in raw/ begin like this, so that a listing tells them apart. */
export const GENERATED_PREFIX = 'generated-sample';

/** In every row; the comma makes it a quoted cell. */
const MARK = '"generated, not real"';

const FIRST_DAY = '2021-01-01';
const LAST_DAY = '2022-12-31';
const DAY_MS = 86_400_000;

const TERRITORIES = ['AS', 'GU', 'MP', 'PR', 'VI'];
const STATES = covidStates.filter((state) => state !== 'DC' && !TERRITORIES.includes(state));

const HEADER = ['state', 'date', ...covidMetricColumns.map(({ name }) => name), GENERATED_COLUMN].join(',');

/** How a row is written; real exports differ in all of it. */
interface Style {
  readonly date: (day: string) => string;
  readonly number: (value: number) => string;
  readonly end: string;
}

const PLAIN: Style = { date: (day) => day, number: String, end: '\n' };

const GROUPED = new Intl.NumberFormat('en-US');

/** Months that are written as some real export is. */
const STYLES: Readonly<Record<string, Style>> = {
  '2021-03': { ...PLAIN, date: (day) => day.replaceAll('-', '/') },
  '2021-04': { ...PLAIN, date: (day) => day.replaceAll(/-0?/g, '/') },
  '2021-06': { ...PLAIN, date: (day) => `${day}T00:00:00.000` },
  '2021-09': { ...PLAIN, number: quotedThousands },
  '2021-11': { ...PLAIN, end: '\r\n' },
};

const TERRITORY_MONTH = '2022-01';

/** The first states report twice on this day, as when an export is corrected; some of the second rows know less. */
const DUPLICATE_DAY = '2022-05-15';
const DUPLICATED_STATES = 12;

/** On this day another file begins: its header comes after a blank line. */
const JOINED_DAY = '2022-08-01';

/** Rows that no report may count; the good row of each state and day is there too. */
const UNUSABLE_DAY = '2022-10-31';
const UNUSABLE = [
  'TX,2022-02-30,20000,2400,1000,19000',
  'TX,soon,20000,2400,1000,19000',
  'ZZ,2022-10-31,20000,2400,1000,19000',
  'US,2022-10-31,900000,90000,40000,880000',
  'CA,2022-10-31,-999999,2400,1000,19000',
  'CA,2022-10-31,20000,n/a,1000,19000',
  'FL,2022-10-31,20000,2400,19001,19000',
  'NY,2022-10-31,20,000,2400,1000,19000',
];

/**
 * Writes the sample to `file`: daily rows of 50 states for 24 months, the same bytes on every machine. The numbers are
 * made up; the oddities are those of real exports.
 */
export async function writeSample(file: string): Promise<void> {
  await pipeline(Readable.from(sampleLines()), createWriteStream(file));
}

function* sampleLines(): Generator<string> {
  const numbers = new SampleNumbers(covidStates);
  yield `\uFEFF${HEADER}\n`;
  for (let time = Date.parse(FIRST_DAY); time <= Date.parse(LAST_DAY); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    if (day === JOINED_DAY) yield `\n${HEADER}\n`;
    yield linesOf(day, numbers).join('');
  }
}

function linesOf(day: string, numbers: SampleNumbers): string[] {
  const month = day.slice(0, 7);
  const style = STYLES[month] ?? PLAIN;
  const states = month === TERRITORY_MONTH ? [...STATES, ...TERRITORIES] : STATES;
  const lines = states.map((state) => render(state, day, withGaps(state, day, numbers.next(state)), style));
  if (day === DUPLICATE_DAY) {
    const twice = STATES.slice(0, DUPLICATED_STATES);
    lines.push(
      ...twice.map((state, index) => {
        const later = numbers.next(state);
        return render(state, day, index % 2 === 0 ? later : { ...later, icuBeds: undefined }, style);
      }),
    );
  }
  if (day === UNUSABLE_DAY) lines.push(...UNUSABLE.map((cells) => `${cells},${MARK}\n`));
  return lines;
}

/** Empty cells: a state that began late, a month in which one lacked ICU numbers, a day of silence. */
function withGaps(state: string, day: string, numbers: DayNumbers): DayNumbers {
  if (state === 'WY' && day < '2021-02-01') return { ...numbers, icuBeds: undefined };
  if (state === 'VT' && day < '2021-01-08') return { beds: numbers.beds };
  if (state === 'OH' && day === '2022-03-13') return {};
  return numbers;
}

function render(state: string, day: string, numbers: DayNumbers, style: Style): string {
  const { beds, icuBeds, covidBeds, reportingBeds } = numbers;
  const cells = [beds, icuBeds, covidBeds, reportingBeds].map((value) =>
    value === undefined ? '' : style.number(value),
  );
  return [state, style.date(day), ...cells, MARK].join(',') + style.end;
}

function quotedThousands(value: number): string {
  return value < 1000 ? String(value) : `"${GROUPED.format(value)}"`;
}

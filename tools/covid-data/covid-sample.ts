import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { covidMetricColumns, covidStates } from '../../schemas/covid-report';
import residents from './residents.json';

/** The column that marks generated data, independent of the file name. */
export const GENERATED_COLUMN = 'generated_sample_data';

export const GENERATED_PREFIX = 'generated-sample';

/** The value of the marker column; the comma requires quotes. */
const MARK = '"generated, not real"';

const FIRST_DAY = '2021-01-01';
const LAST_DAY = '2022-12-31';
const DAY_MS = 86_400_000;

const TERRITORIES = ['AS', 'GU', 'MP', 'PR', 'VI'];
const STATES = covidStates.filter((state) => state !== 'DC' && !TERRITORIES.includes(state));

const HEADER = ['state', 'date', ...covidMetricColumns.map(({ name }) => name), GENERATED_COLUMN].join(',');

/** Generated numbers of one state and day; undefined for missing values. */
interface DayNumbers {
  readonly beds?: number | undefined;
  readonly icuBeds?: number | undefined;
  readonly covidBeds?: number | undefined;
  readonly reportingBeds?: number | undefined;
}

const WAVE_DAYS = 180;

/** Share of COVID patients between the waves, and the additional share of a wave. */
const QUIET_SHARE = 0.03;
const WAVE_SHARE = 0.18;

/** Community hospitals of the United States in 2023, annual survey of the American Hospital Association. */
const BEDS_PER_THOUSAND = 2.3;
const RESIDENTS: Readonly<Record<string, number>> = residents.thousands;

/** Generates the numbers of a state's next day, the same in each run; waves move from state to state. */
function numbersOfStates(): (state: string) => DayNumbers {
  const days = covidStates.map(() => 0);
  let seed = 1;
  // From 0 to 1: the Park-Miller generator, whose products are exact in a double.
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return (state) => {
    const index = covidStates.indexOf(state);
    const day = days[index] ?? 0;
    days[index] = day + 1;
    const beds = Math.round((RESIDENTS[state] ?? 0) * BEDS_PER_THOUSAND * (0.97 + 0.06 * random()));
    const reportingBeds = Math.floor(beds * (0.94 + 0.06 * random()));
    // Piecewise linear: unlike sine and cosine, the same on all processors.
    const phase = ((day + 3 * index) % WAVE_DAYS) / WAVE_DAYS;
    const share = (QUIET_SHARE + WAVE_SHARE * (1 - Math.abs(2 * phase - 1))) * (0.9 + 0.2 * random());
    const icuBeds = Math.round(beds * (0.11 + 0.02 * random()));
    return { beds, icuBeds, covidBeds: Math.round(reportingBeds * share), reportingBeds };
  };
}

/** The format of a row. Real exports differ in it. */
interface Style {
  readonly date: (day: string) => string;
  readonly number: (value: number) => string;
  readonly end: string;
}

const PLAIN: Style = { date: (day) => day, number: String, end: '\n' };

const GROUPED = new Intl.NumberFormat('en-US');

/** Months in the formats of real exports. */
const STYLES: Readonly<Record<string, Style>> = {
  '2021-03': { ...PLAIN, date: (day) => day.replaceAll('-', '/') },
  '2021-04': { ...PLAIN, date: (day) => day.replaceAll(/-0?/g, '/') },
  '2021-06': { ...PLAIN, date: (day) => `${day}T00:00:00.000` },
  '2021-09': { ...PLAIN, number: quotedThousands },
  '2021-11': { ...PLAIN, end: '\r\n' },
};

const TERRITORY_MONTH = '2022-01';

/** On this day the first states have two rows, as in a corrected export; some second rows have fewer values. */
const DUPLICATE_DAY = '2022-05-15';
const DUPLICATED_STATES = 12;

/** On this day a joined file starts: a blank line and a header. */
const JOINED_DAY = '2022-08-01';

/** Invalid rows, in addition to the valid row of each state and day. */
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
 * Writes the sample to `file`: daily rows of 50 states for 24 months, the same bytes on all machines. The numbers are
 * generated; the irregularities occur in real exports.
 */
export async function writeSample(file: string): Promise<void> {
  await pipeline(Readable.from(sampleLines()), createWriteStream(file));
}

function* sampleLines(): Generator<string> {
  const next = numbersOfStates();
  yield `\uFEFF${HEADER}\n`;
  for (let time = Date.parse(FIRST_DAY); time <= Date.parse(LAST_DAY); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    const month = day.slice(0, 7);
    const style = STYLES[month] ?? PLAIN;
    if (day === JOINED_DAY) yield `\n${HEADER}\n`;
    for (const state of month === TERRITORY_MONTH ? [...STATES, ...TERRITORIES] : STATES)
      yield render(state, day, withGaps(state, day, next(state)), style);
    if (day === DUPLICATE_DAY)
      for (const [index, state] of STATES.slice(0, DUPLICATED_STATES).entries()) {
        const later = next(state);
        yield render(state, day, index % 2 === 0 ? later : { ...later, icuBeds: undefined }, style);
      }
    if (day === UNUSABLE_DAY) yield UNUSABLE.map((cells) => `${cells},${MARK}\n`).join('');
  }
}

/** Empty cells: a month without ICU numbers, a state that reports only beds at first, a day without numbers. */
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

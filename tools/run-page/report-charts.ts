import { type Charts, sumByName } from './charts';
import { markup, type Content } from './markup';
import type { RunRecord } from './run-record';

type Report = NonNullable<RunRecord['report']>;
type Cells = Readonly<Partial<Record<string, string>>>;

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });

/** Clicks by component as a ranking, and over time for a report of several days. */
export function clickCharts(report: Report, charts: Charts): Content {
  const clicks = rowsOf(report).map(({ createdTime: day = '', component: name = '', count }) => ({
    day,
    name,
    value: numberOf(count),
  }));
  const dated = clicks.filter(({ day }) => !Number.isNaN(Date.parse(day)));
  const several = new Set(dated.map(({ day }) => day)).size > 1;
  return [
    several && charts.overTime('Clicks over time, by component', dated, (value) => COMPACT.format(value)),
    charts.ranking('Clicks by component', sumByName(clicks), whole),
  ];
}

/** Beds of the largest states, and the share of COVID patients of each state over time. */
export function covidCharts(report: Report, charts: Charts): Content {
  const rows = rowsOf(report);
  const months = [...new Set(rows.map(({ month = '' }) => month))].toSorted();
  const [firstMonth, lastMonth] = [months[0] ?? '', months.at(-1) ?? ''];
  const ranked = rows
    .filter(({ month, avg_inpatient_beds: beds }) => month === lastMonth && beds !== '')
    .map(({ state: name = '', avg_inpatient_beds: beds }) => ({ name, value: numberOf(beds) }));
  const states = new Map<string, Map<string, Cells>>();
  for (const row of rows) {
    const { state = '', month = '' } = row;
    states.set(state, (states.get(state) ?? new Map<string, Cells>()).set(month, row));
  }
  const multiples = [...states].map(([name, byMonth]) => {
    const latest = [...byMonth.values()].at(-1);
    const [beds, icuBeds] = [numberOf(latest?.avg_inpatient_beds), numberOf(latest?.avg_icu_beds)];
    return {
      name,
      beds,
      value: known(numberOf(latest?.covid_patient_rate), PERCENT),
      detail: `${known(beds, COMPACT)} beds · ${known(icuBeds, COMPACT)} ICU`,
      values: months.map((month) => numberOf(byMonth.get(month)?.covid_patient_rate)),
    };
  });
  const caption = markup`<figcaption>Share of beds with COVID patients, ${firstMonth} to ${lastMonth}
<small>Same scale for all states, most beds first; numbers of the last month</small></figcaption>`;
  const sorted = multiples.toSorted((a, b) => (b.beds || 0) - (a.beds || 0));
  return [
    ranked.length > 0 && charts.ranking(`Inpatient beds by state, ${lastMonth}`, ranked, whole),
    markup`<figure>${caption}${charts.multiples(sorted)}</figure>`,
  ];
}

function rowsOf({ header, rows }: Report): Cells[] {
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}

/** `NaN` for an empty cell. */
function numberOf(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

function known(value: number, format: Intl.NumberFormat): string {
  return Number.isNaN(value) ? '–' : format.format(value);
}

function whole(value: number): string {
  return WHOLE.format(value);
}

import type { Charts, DatedAmount } from './charts';
import { sumByName } from './charts';
import { markup, type Content } from './markup';
import type { RunRecord } from './run-record';

type Report = NonNullable<RunRecord['report']>;

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const whole = (value: number): string => WHOLE.format(value);
const NONE = '–';

/** The values of a column by its name; empty texts when there is no such column. */
function column({ header, rows }: Report, name: string): string[] {
  const index = header.indexOf(name);
  return rows.map((row) => row[index] ?? '');
}

/** Clicks by component: over time when the report has several days, and as a ranking. */
export function clickCharts(report: Report, charts: Charts): Content {
  const [days, components, counts] = ['createdTime', 'component', 'count'].map((name) =>
    column(report, name),
  );
  const clicks = (days ?? []).map((day, index): DatedAmount => ({
    day,
    name: components?.[index] ?? '',
    value: Number(counts?.[index]),
  }));
  const dated = clicks.filter(({ day }) => !Number.isNaN(Date.parse(day)));
  const several = new Set(dated.map(({ day }) => day)).size > 1;
  return [
    several && charts.overTime('Clicks over time, by component', dated, whole),
    charts.ranking('Clicks by component', sumByName(clicks), whole),
  ];
}

/** Hospital measures: the largest states, and the share of COVID patients of each over time. */
export function covidCharts(report: Report, charts: Charts): Content {
  const [states, beds, icuBeds, rates] = [
    'state',
    'avg_inpatient_beds',
    'avg_icu_beds',
    'covid_patient_rate',
  ].map((name) => column(report, name));
  const months = [...new Set(column(report, 'month'))].toSorted();
  const lastMonth = months.at(-1) ?? '';
  const byState = new Map<string, number[]>();
  for (const [index, state] of (states ?? []).entries())
    byState.set(state, [...(byState.get(state) ?? []), index]);
  const latest = [...byState].map(([name, indexes]) => {
    const at = (values: string[] | undefined): number => numberOf(values?.[indexes.at(-1) ?? -1]);
    const values = months.map((month) =>
      numberOf(rates?.[indexes.find((index) => column(report, 'month')[index] === month) ?? -1]),
    );
    return { name, beds: at(beds), icuBeds: at(icuBeds), rate: at(rates), values };
  });
  const withBeds = latest
    .filter(({ beds: value }) => !Number.isNaN(value))
    .map(({ name, beds: value }) => ({ name, value }));
  const words = (value: number, format: Intl.NumberFormat): string =>
    Number.isNaN(value) ? NONE : format.format(value);
  const multiples = latest
    .toSorted((a, b) => (b.beds || 0) - (a.beds || 0))
    .map((state) => ({
      ...{ name: state.name, value: words(state.rate, PERCENT), values: state.values },
      detail: `${words(state.beds, COMPACT)} beds · ${words(state.icuBeds, COMPACT)} ICU`,
    }));
  return [
    withBeds.length > 0 && charts.ranking(`Inpatient beds by state, ${lastMonth}`, withBeds, whole),
    markup`<figure>
      <figcaption>
        Share of beds with COVID patients, ${months[0]} to ${lastMonth}<small
          >Each state on the same scale, most beds first; numbers are those of its last month</small
        >
      </figcaption>
      ${charts.multiples(multiples)}
    </figure>`,
  ];
}

/** `NaN` for an empty cell. */
function numberOf(text: string | undefined): number {
  return text === undefined || text === '' ? Number.NaN : Number(text);
}

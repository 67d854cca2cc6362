import type { PlotOptions } from '@observablehq/plot';
import { describeSeconds } from '../cli/elapsed';
import { markup, Markup, type Content } from './markup';
import type { ExecutionRecord } from './run-record';

type Plot = typeof import('@observablehq/plot');
/** A page contains each chart in two widths and shows one: scaling an SVG would also scale its text. */
const WIDTHS = { wide: 900, narrow: 320 } as const;
const LINE_HEIGHT = 26;
/** Average width of a character in charts, in pixels. */
const LETTER_WIDTH = 6.6;
const MAX_LABEL = 26;
/** The library measures a label in ems of 12 pixels and truncates it between characters. */
const LABEL = { textOverflow: 'ellipsis-end', lineWidth: (MAX_LABEL * LETTER_WIDTH) / 12 };
/** Maximum number of series with separate colours; the other series are added up. */
const MAX_SERIES = 5;
const OTHERS = 'others';
const MAX_BARS = 12;

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Maximum span for bars by day and by month, and the number of characters of `yyyy-MM-dd` that identify a bar. */
const PERIODS = [
  [62 * DAY_MS, 'day', 10],
  [3653 * DAY_MS, 'month', 7],
] as const;
const YEARS = [Infinity, 'year', 4] as const;
/** Bars of more years would be narrower than a pixel. */
const MAX_SPAN_MS = 200 * 365 * DAY_MS;

export interface Amount {
  readonly name: string;
  readonly value: number;
}

/** An amount of a series on a day, `yyyy-MM-dd`. */
export interface DatedAmount extends Amount {
  readonly day: string;
}

/** The content of a small multiple: shares over time, and the latest numbers as text. */
export interface Multiple {
  readonly name: string;
  readonly value: string;
  readonly detail: string;
  /** `NaN` for missing values. */
  readonly values: readonly number[];
}

/** Draws the charts of a page as SVG without scripts, with the colors of page.css. */
export class Charts {
  private constructor(
    private readonly plot: Plot,
    private readonly document: unknown,
  ) {}

  /** Loads the libraries, which takes a second, only when a page is written. */
  static async load(): Promise<Charts> {
    const [plot, { parseHTML }] = await Promise.all([
      import('@observablehq/plot'),
      import('linkedom/worker'),
    ]);
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    return new Charts(plot, document);
  }

  /** The largest amounts as bars, with the number of omitted ones. */
  ranking(title: string, amounts: readonly Amount[], format: (value: number) => string): Content {
    const bars = amounts.toSorted((a, b) => b.value - a.value).slice(0, MAX_BARS);
    const hidden = amounts.length - bars.length;
    const { barX, text, axisY } = this.plot;
    const note =
      hidden > 0 && `The ${MAX_BARS} largest; ${hidden.toLocaleString('en-US')} more are in the table.`;
    return this.figure(title, note, (width) => ({
      ...frameOf(
        width,
        bars.map(({ name }) => name),
        bars.map(({ value }) => format(value)),
      ),
      x: { axis: null, domain: [0, Math.max(...bars.map(({ value }) => value), 1)] },
      marks: [
        axisY({ tickSize: 0, label: null, ...LABEL }),
        barX(bars, { x: 'value', y: 'name', fill: 'var(--series-1)', rx: 2, insetTop: 5, insetBottom: 5 }),
        text(bars, {
          x: 'value',
          y: 'name',
          text: ({ value }: Amount) => format(value),
          textAnchor: 'start',
          dx: 6,
        }),
      ],
    }));
  }

  /** Amounts by day, month or year, depending on the span; each of the largest series has a color. */
  overTime(title: string, amounts: readonly DatedAmount[], format: (value: number) => string): Content {
    const days = amounts.map(({ day }) => day).toSorted();
    const [first = '', last = ''] = [days[0], days.at(-1)];
    const span = Date.parse(last) - Date.parse(first);
    if (span > MAX_SPAN_MS)
      return markup`<p class="note">No chart over time: the days range from ${first} to ${last}.</p>`;
    const totals = sumByName(amounts).toSorted((a, b) => b.value - a.value);
    const named = totals
      .slice(0, totals.length > MAX_SERIES + 1 ? MAX_SERIES : totals.length)
      .map(({ name }) => name);
    const series = named.length < totals.length ? [...named, OTHERS] : named;
    // A number as key, because the library interprets a series named "red" as a color.
    const keyOf = (name: string): string => String(named.includes(name) ? named.indexOf(name) : named.length);
    const [, interval, length] = PERIODS.find(([longest]) => span <= longest) ?? YEARS;
    const bars = series.flatMap((_, index) => {
      const own = amounts.filter(({ name }) => keyOf(name) === String(index));
      const sums = sumByName(own.map(({ day, value }) => ({ name: day.slice(0, length), value })));
      return sums.map(({ name, value }) => ({ key: String(index), value, date: new Date(name) }));
    });
    const colors = series.map((_, index) => `var(--series-${index + 1})`);
    const keys = series.map((_, index) => String(index));
    const { rectY, ruleY } = this.plot;
    const entries = series.map(
      (name, index) => markup`<span><i style="background:${colors[index]}"></i>${name}</span>`,
    );
    const legend = markup`<span class="legend">${entries}</span>`;
    return this.figure(title, legend, (width) => ({
      width,
      height: 240,
      // For a few bars the library would label hours.
      x: { type: 'utc', label: null, ...(span < WEEK_MS && { ticks: 'day' }) },
      y: { label: null, grid: true, ticks: 4, tickFormat: format },
      color: { type: 'categorical', domain: keys, range: colors },
      marks: [
        rectY(bars, {
          x: 'date',
          y: 'value',
          fill: 'key',
          className: 'stack',
          interval,
          order: keys,
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        ruleY([0]),
      ],
    }));
  }

  multiples(multiples: readonly Multiple[]): Content {
    const known = multiples.flatMap(({ values }) => values).filter(Number.isFinite);
    const domain = [0, Math.max(...known, Number.MIN_VALUE)];
    const { areaY, lineY } = this.plot;
    const cards = multiples.map(({ name, value, detail, values }) => {
      const channels = { x: (_: number, index: number) => index, y: (share: number) => share };
      const drawing = this.draw(name, {
        width: 132,
        height: 40,
        margin: 2,
        axis: null,
        x: { axis: null },
        y: { axis: null, domain },
        marks: [
          areaY(values, { ...channels, fill: 'var(--series-1)', fillOpacity: 0.15 }),
          lineY(values, { ...channels, stroke: 'var(--series-1)', strokeWidth: 1.5 }),
        ],
      });
      return markup`<li><b>${name}</b><span>${value}</span>${drawing}<small>${detail}</small></li>`;
    });
    return markup`<ul class="multiples">${cards}</ul>`;
  }

  /** The times of the states, ordered by their first entry. */
  timeline({ visits }: ExecutionRecord): Content {
    const names = [...new Set(visits.map(({ state }) => state))];
    const sums = names.map((state) => {
      const own = visits.filter((visit) => visit.state === state);
      const seconds = own.reduce((sum, { from, to }) => sum + to - from, 0);
      return { state, label: `${duration(seconds)}${own.length > 1 ? ` (${own.length}×)` : ''}` };
    });
    const end = visits.reduce((latest, { to }) => Math.max(latest, to), 0.001);
    const labels = sums.map(({ label }) => label);
    const { barX, dot, text, axisX, axisY } = this.plot;
    const color = ({ failures }: { failures: number }): string => (failures > 0 ? 'failed' : 'passed');
    return this.figure('Time in each state', false, (width) => ({
      ...frameOf(width, names, labels),
      marginTop: 24,
      x: { domain: [0, end] },
      color: { type: 'categorical', domain: ['passed', 'failed'], range: ['var(--series-1)', 'var(--bad)'] },
      marks: [
        axisX({ anchor: 'top', label: null, ticks: ticksTo(end, width), tickFormat: duration }),
        axisY({ tickSize: 0, label: null, ...LABEL }),
        barX(visits, { x1: 'from', x2: 'to', y: 'state', fill: color, insetTop: 7, insetBottom: 7 }),
        dot(visits, { x: 'from', y: 'state', fill: color, r: 2.5 }),
        text(sums, {
          y: 'state',
          text: 'label',
          fill: 'var(--muted)',
          frameAnchor: 'right',
          textAnchor: 'start',
          dx: 6,
        }),
      ],
    }));
  }

  private figure(title: string, note: Content, optionsOf: (width: number) => PlotOptions): Content {
    const drawings = Object.entries(WIDTHS).map(
      ([name, width]) => markup`<div class="${name}">${this.draw(title, optionsOf(width))}</div>`,
    );
    const caption = markup`<figcaption>${title}${note && markup`<small>${note}</small>`}</figcaption>`;
    return markup`<figure>${caption}${drawings}</figure>`;
  }

  private draw(label: string, options: PlotOptions): Markup {
    const style = { fontSize: '12px', fontFamily: 'inherit' };
    const drawing = this.plot.plot({ style, ...options, document: this.document });
    // page.css contains these styles once.
    for (const style of drawing.querySelectorAll('style')) style.remove();
    // Only the drawing has a label: its parts have no role.
    for (const part of drawing.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', label);
    return new Markup(drawing.outerHTML);
  }
}

export function sumByName(amounts: readonly Amount[]): Amount[] {
  const sums = new Map<string, number>();
  for (const { name, value } of amounts) sums.set(name, (sums.get(name) ?? 0) + value);
  return [...sums].map(([name, value]) => ({ name, value }));
}

/** "80 ms", "7.1 s", "2 min 05 s". */
function duration(seconds: number): string {
  if (seconds >= 60) return describeSeconds(seconds);
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** Round times for the ticks, or only the first and the last one in a narrow chart. */
function ticksTo(end: number, width: number): number[] {
  const least = end / ((width - 250) / 80);
  if (least > end) return [0, end];
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
}

/** The frame of a chart with a row per name and labels at its end. */
function frameOf(width: number, names: readonly string[], labels: readonly string[]): PlotOptions {
  // Non-Latin characters can be twice as wide.
  const widthOf = (name: string): number => name.replaceAll(/[^\0-\u02ff]/gu, 'WW').length;
  const longest = Math.min(Math.max(...names.map(widthOf), 0), MAX_LABEL);
  return {
    width,
    height: names.length * LINE_HEIGHT + 30,
    marginLeft: longest * LETTER_WIDTH + 14,
    marginRight: Math.max(...labels.map(({ length }) => length), 0) * LETTER_WIDTH + 8,
    marginTop: 4,
    marginBottom: 4,
    y: { domain: names },
  };
}

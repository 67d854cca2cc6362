import { covidFormats, covidKeyColumns, covidMetricColumns, covidStates } from '../../schemas/covid-report';
import { TaskError } from './failure';

/** Why the job does not count a row: its own words, which are also those of rejected/. */
export type Rejection =
  | 'wrong_number_of_cells'
  | 'invalid_date'
  | 'unknown_state'
  | 'invalid_number'
  | 'numerator_above_denominator'
  | 'duplicate';

/** A row that counts, unless another one of the same state and day does. */
export interface GoodRow {
  readonly state: string;
  /** yyyy-MM-dd */
  readonly day: string;
}

export interface BadRow {
  readonly reason: Rejection;
  /** The value at fault. */
  readonly detail: string;
}

const KEYS = covidKeyColumns.map(({ name }) => name);
const METRICS = covidMetricColumns.map(({ name }) => name);
const STATES = new Set(covidStates);
const { whitespace, date, number } = covidFormats;
const ENDS = new RegExp(`^[${whitespace}]+|[${whitespace}]+$`, 'g');

/** A cell as the job reads it: "" when it is empty. */
export function trimmed(cell: string): string {
  return cell.replace(ENDS, '');
}

/** A header as the job compares it: column names in lower case. */
export function headerOf(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => trimmed(cell).toLowerCase());
}

/** Judges rows under one header by the rules of the job (spark-jobs/covid-report). */
export class RowRules {
  private readonly position: ReadonlyMap<string, number>;

  /** Refuses, with a TaskError that names `file`, a header that the job refuses. */
  constructor(
    file: string,
    readonly header: readonly string[],
  ) {
    const lacking = KEYS.filter((name) => !header.includes(name));
    if (lacking.length > 0) {
      const hint =
        header.length === 1 ? 'separate the cells by commas' : 'download the export with all columns';
      throw new TaskError(
        `${file} lacks the column ${lacking.join(' and ')}; its header is ${shown(header)}; ${hint}.`,
      );
    }
    if (METRICS.every((name) => !header.includes(name))) {
      throw new TaskError(
        `${file} has no column to report on; export at least one of ${METRICS.join(', ')}. Its header is ${shown(header)}.`,
      );
    }
    const twice = [...KEYS, ...METRICS].find((name) => header.indexOf(name) !== header.lastIndexOf(name));
    if (twice !== undefined) {
      throw new TaskError(`${file} has the column ${twice} twice; remove the wrong one.`);
    }
    this.position = new Map(header.map((name, index) => [name, index]));
  }

  /** Metric columns that the file does not have. */
  get missing(): readonly string[] {
    return METRICS.filter((name) => !this.position.has(name));
  }

  /** The row, or the first reason in the job's order why it does not count. */
  judge(cells: readonly string[]): GoodRow | BadRow {
    if (cells.length !== this.header.length) {
      return { reason: 'wrong_number_of_cells', detail: `${cells.length} of ${this.header.length}` };
    }
    const dateCell = this.cell(cells, 'date');
    const day = dayOf(dateCell);
    if (day === undefined) return { reason: 'invalid_date', detail: `date "${dateCell}"` };
    const state = this.cell(cells, 'state').toUpperCase();
    if (!STATES.has(state)) return { reason: 'unknown_state', detail: `state "${state}"` };
    return this.judgeNumbers(cells) ?? { state, day };
  }

  private judgeNumbers(cells: readonly string[]): BadRow | undefined {
    const wrong = METRICS.find((name) => Number.isNaN(numberOf(this.cell(cells, name))));
    if (wrong !== undefined) {
      return { reason: 'invalid_number', detail: `${wrong} "${this.cell(cells, wrong)}"` };
    }
    const [, , numerator, denominator] = METRICS.map((name) => numberOf(this.cell(cells, name)));
    if (numerator === undefined || denominator === undefined || numerator <= denominator) return undefined;
    return { reason: 'numerator_above_denominator', detail: `${numerator} of ${denominator} beds` };
  }

  private cell(cells: readonly string[], name: string): string {
    return trimmed(cells[this.position.get(name) ?? -1] ?? '');
  }
}

function shown(names: readonly string[]): string {
  const text = names.join(', ');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** yyyy-MM-dd; undefined when the cell holds no day of the calendar. */
function dayOf(cell: string): string | undefined {
  const [, year, , month, day] = date.exec(cell) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  // JavaScript takes 30 February for 2 March.
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : undefined;
}

/** The cell's number, undefined when it is empty, NaN when it holds something else. */
function numberOf(cell: string): number | undefined {
  if (cell === '') return undefined;
  if (!number.pattern.test(cell)) return NaN;
  const scale = 10 ** number.decimals;
  const scaled = Math.round(Number(cell.replaceAll(',', '')) * scale);
  return scaled < 10 ** number.digits ? scaled / scale : NaN;
}

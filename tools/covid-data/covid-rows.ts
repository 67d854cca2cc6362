import { covidFormats, covidKeyColumns, covidMetricColumns, covidStates } from '../../schemas/covid-report';
import { TaskError } from '../cli/errors';

/** What a row says about the file. */
export interface RowKey {
  /** Postal code. */
  readonly state: string;
  /** yyyy-MM-dd */
  readonly day: string;
}

const KEYS = covidKeyColumns.map(({ name }) => name);
const METRICS = covidMetricColumns.map(({ name }) => name);
const STATES = new Set(covidStates);
const { whitespace, date } = covidFormats;
const ENDS = new RegExp(`^[${whitespace}]+|[${whitespace}]+$`, 'g');

/** A cell as the job reads it: "" when it is empty. */
export function trimmed(cell: string): string {
  return cell.replace(ENDS, '');
}

/** The header of a file as the job (spark-jobs/covid-report) reads it. */
export class ExportHeader {
  /** Column names in lower case. */
  readonly names: readonly string[];

  /** @throws TaskError naming `file` when the job would refuse the header */
  constructor(file: string, cells: readonly string[]) {
    this.names = cells.map((cell) => trimmed(cell).toLowerCase());
    const header = shown(this.names);
    const lacking = KEYS.filter((name) => !this.names.includes(name));
    if (lacking.length > 0) {
      const hint =
        cells.length === 1 ? 'separate the cells by commas' : 'download the export with all columns';
      throw new TaskError(
        `${file} lacks the column ${lacking.join(' and ')}; its header is ${header}; ${hint}.`,
      );
    }
    if (this.missing.length === METRICS.length) {
      throw new TaskError(
        `${file} has no column to report on; export at least one of ${METRICS.join(', ')}. Its header is ${header}.`,
      );
    }
    const twice = [...KEYS, ...METRICS].find(
      (name) => this.names.indexOf(name) !== this.names.lastIndexOf(name),
    );
    if (twice !== undefined) {
      throw new TaskError(`${file} has the column ${twice} twice; remove the wrong one.`);
    }
  }

  /** Metric columns that the file does not have. */
  get missing(): readonly string[] {
    return METRICS.filter((name) => !this.names.includes(name));
  }

  /** State and day of a row; undefined when it has none that the job can count, whatever its numbers are. */
  keyOf(cells: readonly string[]): RowKey | undefined {
    if (cells.length !== this.names.length) return undefined;
    const [state, day] = [this.cell(cells, 'state').toUpperCase(), dayOf(this.cell(cells, 'date'))];
    return day !== undefined && STATES.has(state) ? { state, day } : undefined;
  }

  private cell(cells: readonly string[], name: string): string {
    return trimmed(cells[this.names.indexOf(name)] ?? '');
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

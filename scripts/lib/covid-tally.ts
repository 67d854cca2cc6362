import { covidKeyColumns, covidMetricColumns } from '../../schemas/covid-report';
import { headerOf, RowRules, trimmed, type Rejection } from './covid-rows';
import { TaskError } from './failure';

/** Rejected rows by reason: how many, and where the first one is. */
export type Rejections = Readonly<
  Partial<Record<Rejection, { readonly rows: number; readonly firstLine: number; readonly detail: string }>>
>;

/** What all rows of a file come to. */
export interface ExportSummary {
  /** Column names in lower case. */
  readonly header: readonly string[];
  readonly rows: number;
  readonly usableRows: number;
  readonly rejected: Rejections;
  readonly states: readonly string[];
  readonly period: { readonly first: string; readonly last: string };
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** What the parser puts in place of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** What headers that mean the same may differ in: quotes, spaces, byte-order marks. */
const NO_NAME = /[^a-z0-9_,]/g;

/** Counts the records of one file; holds one short text for each state and day, not the records. */
export class ExportTally {
  private rules: RowRules | undefined;
  private rows = 0;
  private headers = 0;
  private blanks = 0;
  private undecoded = 0;
  private readonly rejected: Partial<Record<Rejection, { rows: number; firstLine: number; detail: string }>> =
    {};
  private readonly counted = new Set<string>();

  constructor(private readonly file: string) {}

  /** Takes a record that ends on the given line; the first one that is not blank is the header. */
  add(cells: readonly string[], line: number): void {
    const text = cells.join(',');
    if (this.rules === undefined) {
      if (trimmed(text) !== '') this.rules = new RowRules(this.file, headerOf(cells));
      return;
    }
    this.refuseSwallowed(this.rules, cells, text, line);
    if (this.isHeader(this.rules, text, line)) {
      this.headers += 1;
    } else if (cells.length !== this.rules.header.length && trimmed(text) === '') {
      this.blanks += 1;
    } else {
      this.addRow(this.rules, cells, text, line);
    }
  }

  /** Throws a TaskError when no row counts. */
  conclude(): ExportSummary {
    if (this.rules === undefined) throw new TaskError(`${this.file} is empty; download the export again.`);
    if (this.rows === 0) {
      throw new TaskError(`${this.file} holds a header and no rows; download the export again.`);
    }
    const keys = [...this.counted];
    const days = keys.map((key) => key.slice(key.indexOf(' ') + 1)).sort();
    const [first] = days;
    const last = days.at(-1);
    if (first === undefined || last === undefined) {
      throw new TaskError(
        `All ${this.rows} rows of ${this.file} would be rejected: ${describeRejections(this.rejected).join('; ')}. ` +
          'Mend the file, or download the export again.',
      );
    }
    return {
      header: this.rules.header,
      rows: this.rows,
      usableRows: this.counted.size,
      rejected: this.rejected,
      states: [...new Set(keys.map((key) => key.slice(0, key.indexOf(' '))))].sort(),
      period: { first, last },
      missing: this.rules.missing,
      notes: this.notes(this.rules),
    };
  }

  private addRow(rules: RowRules, cells: readonly string[], text: string, line: number): void {
    this.rows += 1;
    if (text.includes(REPLACEMENT)) this.undecoded += 1;
    const row = rules.judge(cells);
    if ('reason' in row) {
      this.reject(row.reason, line, row.detail);
      return;
    }
    const key = `${row.state} ${row.day}`;
    if (this.counted.has(key)) this.reject('duplicate', line, key);
    else this.counted.add(key);
  }

  private reject(reason: Rejection, line: number, detail: string): void {
    const known = this.rejected[reason];
    if (known === undefined) this.rejected[reason] = { rows: 1, firstLine: line, detail };
    else known.rows += 1;
  }

  /** A line break inside a cell is fine; a whole record inside a cell is not. */
  private refuseSwallowed(rules: RowRules, cells: readonly string[], text: string, line: number): void {
    if (!text.includes('\n')) return;
    const width = rules.header.length;
    const record = new RegExp(`\\n([^,\\n]*,){${width - 1}}`);
    const swallows = cells.length === width ? cells.some((cell) => record.test(cell)) : record.test(text);
    if (!swallows) return;
    throw new TaskError(
      `${this.file} has a quote that is not closed on its line, which swallows the lines up to ${line}; ` +
        'close the quote, or download the export again.',
    );
  }

  /** Files that were joined have their headers in the middle. */
  private isHeader({ header }: RowRules, text: string, line: number): boolean {
    const lower = text.toLowerCase();
    // Nearly no row has the words, and looking for them is cheap.
    if (!covidKeyColumns.every(({ name }) => lower.includes(name))) return false;
    const names = lower.replace(NO_NAME, '');
    if (!covidKeyColumns.every(({ name }) => `,${names},`.includes(`,${name},`))) return false;
    if (names === header.join(',').replace(NO_NAME, '')) return true;
    throw new TaskError(
      `${this.file} has a second header with other columns in line ${line}; split the file there.`,
    );
  }

  private notes({ missing }: RowRules): string[] {
    const lines = (count: number): string => (count === 1 ? '1 line' : `${count} lines`);
    return [
      ...covidMetricColumns
        .filter(({ name }) => missing.includes(name))
        .map(({ name, feeds }) => `${feeds} stays empty for this file: it has no column ${name}`),
      ...describeRejections(this.rejected),
      ...(this.headers > 0 ? [`the header comes again in ${lines(this.headers)}, which the job skips`] : []),
      ...(this.blanks > 0 ? [`${lines(this.blanks)} without any text, which the job skips`] : []),
      ...(this.undecoded > 0 ? [`${lines(this.undecoded)} with bytes that are no UTF-8`] : []),
    ];
  }
}

function describeRejections(rejections: Rejections): string[] {
  return Object.entries(rejections).map(
    ([reason, { rows, firstLine, detail }]) =>
      `rejected as ${reason}: ${rows} ${rows === 1 ? 'row' : 'rows, the first'} in line ${firstLine} (${detail})`,
  );
}

import { covidKeyColumns, covidMetricColumns } from '../../schemas/covid-report';
import { ExportHeader, trimmed } from './covid-rows';
import { TaskError } from '../cli/errors';

/** What all rows of a file come to. */
export interface ExportSummary {
  /** Column names in lower case. */
  readonly header: readonly string[];
  readonly rows: number;
  readonly states: readonly string[];
  readonly period: { readonly first: string; readonly last: string };
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** What the parser puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** What headers that mean the same may differ in: quotes, spaces, byte-order marks. */
const NO_NAME = /[^a-z0-9_,]/g;

/** As much of a row as a message shows. */
const MAX_SHOWN = 80;

/** Counts the records of one file; keeps none of them. */
export class ExportTally {
  private header: ExportHeader | undefined;
  private rows = 0;
  private headers = 0;
  private blanks = 0;
  private undecoded = 0;
  private firstRow = '';
  private first: string | undefined;
  private last: string | undefined;
  private readonly states = new Set<string>();

  constructor(private readonly file: string) {}

  /** Takes a record that ends on the given line; the first one that is not blank is the header. */
  add(cells: readonly string[], line: number): void {
    const text = cells.join(',');
    if (this.header === undefined) {
      if (trimmed(text) !== '') this.header = new ExportHeader(this.file, cells);
      return;
    }
    this.refuseSwallowed(this.header, cells, text, line);
    if (this.isHeader(this.header, text, line)) {
      this.headers += 1;
    } else if (cells.length !== this.header.names.length && trimmed(text) === '') {
      this.blanks += 1;
    } else {
      this.addRow(this.header, cells, text, line);
    }
  }

  /** Throws a TaskError when the job would reject every row, whatever its numbers are. */
  conclude(): ExportSummary {
    const { header, rows, first, last } = this;
    if (header === undefined) throw new TaskError(`${this.file} is empty; download the export again.`);
    if (rows === 0) {
      throw new TaskError(`${this.file} holds a header and no rows; download the export again.`);
    }
    if (first === undefined || last === undefined) {
      throw new TaskError(
        `All ${rows} rows of ${this.file} would be rejected: none has ${header.names.length} cells with a date as ` +
          `yyyy-MM-dd and the postal code of a state. ${this.firstRow} ` +
          'Correct the file, or download the export again.',
      );
    }
    return {
      header: header.names,
      rows,
      states: [...this.states].sort(),
      period: { first, last },
      missing: header.missing,
      notes: this.notes(header),
    };
  }

  private addRow(header: ExportHeader, cells: readonly string[], text: string, line: number): void {
    if (this.rows === 0) this.firstRow = `The first, in line ${line}, is "${text.slice(0, MAX_SHOWN)}".`;
    this.rows += 1;
    if (text.includes(REPLACEMENT)) this.undecoded += 1;
    const key = header.keyOf(cells);
    if (key === undefined) return;
    this.states.add(key.state);
    if (this.first === undefined || key.day < this.first) this.first = key.day;
    if (this.last === undefined || key.day > this.last) this.last = key.day;
  }

  /** A line break inside a cell is fine; a whole record inside a cell is not. */
  private refuseSwallowed(header: ExportHeader, cells: readonly string[], text: string, line: number): void {
    if (!text.includes('\n')) return;
    const width = header.names.length;
    const record = new RegExp(`\\n([^,\\n]*,){${width - 1}}`);
    const swallows = cells.length === width ? cells.some((cell) => record.test(cell)) : record.test(text);
    if (!swallows) return;
    throw new TaskError(
      `${this.file} has a quote that is not closed on its line, which swallows the lines up to ${line}; ` +
        'close the quote, or download the export again.',
    );
  }

  /** Files that were joined have their headers in the middle. */
  private isHeader({ names: columns }: ExportHeader, text: string, line: number): boolean {
    const lower = text.toLowerCase();
    // Nearly no row has the words, and looking for them is cheap.
    if (!covidKeyColumns.every(({ name }) => lower.includes(name))) return false;
    const names = lower.replace(NO_NAME, '');
    if (!covidKeyColumns.every(({ name }) => `,${names},`.includes(`,${name},`))) return false;
    if (names === columns.join(',').replace(NO_NAME, '')) return true;
    throw new TaskError(
      `${this.file} has a second header with other columns in line ${line}; split the file there.`,
    );
  }

  private notes({ missing }: ExportHeader): string[] {
    const lines = (count: number): string => (count === 1 ? '1 line' : `${count} lines`);
    return [
      ...covidMetricColumns
        .filter(({ name }) => missing.includes(name))
        .map(({ name, feeds }) => `${feeds} stays empty for this file: it has no column ${name}`),
      ...(this.headers > 0 ? [`the header comes again in ${lines(this.headers)}, which the job skips`] : []),
      ...(this.blanks > 0 ? [`${lines(this.blanks)} without any text, which the job skips`] : []),
      ...(this.undecoded > 0 ? [`${lines(this.undecoded)} with bytes that are not UTF-8`] : []),
    ];
  }
}

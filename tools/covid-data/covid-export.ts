import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Parser } from 'csv-parse';
import { covidMetricColumns } from '../../schemas/covid-report';
import { ExportTally } from './covid-tally';
import { GENERATED_COLUMN, GENERATED_PREFIX } from './covid-sample';
import { checkStart, type FileStart } from './covid-start';
import { TaskError } from '../cli/errors';

/** A record this long has swallowed the lines after a quote that nobody closed; without a limit it fills the memory. */
const MAX_RECORD_CHARACTERS = 1 << 20;

/** A hospital CSV file that the job can use. Which of its rows count is what the job reports. */
export interface CovidExport extends FileStart {
  /** Path of the file as it was given. */
  readonly file: string;
  /** Name in raw/: `hhs-state-timeseries_FIRST_LAST_HASH.csv`, or `generated-sample_…` for generated data. */
  readonly canonicalName: string;
  /** Whether `covid:load --sample` made the data. */
  readonly generated: boolean;
  /** SHA-256 of the content in hexadecimal digits. */
  readonly sha256: string;
  /** Rows that the job reads: neither headers nor blank lines. */
  readonly rows: number;
  /** Columns in the header. */
  readonly columns: number;
  /** Metric columns that the file lacks, each with the report's column that stays empty. */
  readonly missing: readonly { readonly column: string; readonly leavesEmpty: string }[];
  /** Postal codes, sorted. */
  readonly states: readonly string[];
  /** First and last day of rows with a known state, yyyy-MM-dd. */
  readonly period: { readonly first: string; readonly last: string };
  /** What is worth knowing although the job copes with it. */
  readonly notes: readonly string[];
}

/** Called now and then with the bytes done and the bytes in all. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Reads the file once, as a stream, and checks it as the job (spark-jobs/covid-report) does: encoding, header, states and days.
 *
 * @throws TaskError when the job would refuse the file or reject every row for its state or date
 */
export async function checkExport(file: string, onProgress?: OnProgress): Promise<CovidExport> {
  const start = await checkStart(file);
  const tally = new ExportTally(file);
  const sha256 = await readAll(file, tally, (done) => onProgress?.(done, start.bytes));
  const { header, rows, states, period, missing, notes } = tally.conclude();
  const generated = header.includes(GENERATED_COLUMN);
  const name = generated ? GENERATED_PREFIX : 'hhs-state-timeseries';
  return {
    file,
    ...start,
    canonicalName: `${name}_${period.first}_${period.last}_${sha256.slice(0, 8)}.csv`,
    generated,
    sha256,
    rows,
    columns: header.length,
    missing: covidMetricColumns
      .filter(({ name: column }) => missing.includes(column))
      .map(({ name: column, feeds }) => ({ column, leavesEmpty: feeds })),
    states,
    period,
    notes,
  };
}

/** Hands every record to the tally; resolves with the SHA-256 of the bytes read. */
async function readAll(file: string, tally: ExportTally, onRead: (done: number) => void): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  try {
    await pipeline(
      createReadStream(file, { highWaterMark: 1 << 18 }),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          hash.update(chunk);
          onRead((done += chunk.length));
          yield chunk;
        }
      },
      // Nothing comes out of it: the tally takes every record.
      recordParser(tally).resume(),
    );
  } catch (error) {
    throw error instanceof CsvError ? new TaskError(explain(file, error)) : error;
  }
  return hash.digest('hex');
}

function recordParser(tally: ExportTally): Parser {
  return parse({
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    on_record: (record: string[], { lines }) => {
      tally.add(record, lines);
      return null;
    },
  });
}

function explain(file: string, error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return `${file} has a quote that is not closed, which swallows the lines after it (${error.message}); close the quote, or download the export again.`;
  }
  return `${file} cannot be read as CSV: ${error.message}; download the export again.`;
}

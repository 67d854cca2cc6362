import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TaskError } from '../cli/errors';
import { parseMarkdownTable, renderTable } from '../cli/table';

/** More rows than fit a screen help nobody; the file has them all. */
const SHOWN_ROWS = 40;

/** Eight states over two years still fit a terminal's history. */
const SHOWN_MONTHS = 250;

/** Reads an object by its s3:// URI. */
export async function readObject(s3: S3Client, uri: string): Promise<string> {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match === null) throw new TaskError(`"${uri}" is not the s3:// URI of an object.`);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: match[1], Key: match[2] }));
  if (Body === undefined) throw new TaskError(`${uri} is empty.`);
  return Body.transformToString();
}

/** The table of a Markdown report for the terminal; the report as it is when it holds no table. */
export function renderMarkdown(markdown: string): string {
  const table = parseMarkdownTable(markdown);
  if (table === undefined) return markdown.trim();
  const hidden = table.rows.length - SHOWN_ROWS;
  const more = hidden > 0 ? `\n… and ${hidden} more rows` : '';
  return renderTable(table.header, table.rows.slice(0, SHOWN_ROWS)) + more;
}

/** The monthly report, CSV sorted by state and month, as a table: of a long one the last month of each state. */
export function renderMonthly(csv: string): string {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  if (rows.length <= SHOWN_MONTHS) return renderTable(header, rows);
  const latest = new Map(rows.map((row) => [row[0], row]));
  const note = `… the last month of each state; all ${rows.length} rows are in the report`;
  return `${renderTable(header, [...latest.values()])}\n${note}`;
}

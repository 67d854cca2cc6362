import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { TaskError } from './failure';
import { parseMarkdownTable, renderTable } from './table';

/** More rows than fit a screen help nobody; the file has them all. */
const SHOWN_ROWS = 40;

/** Reads an object by its s3:// URI. */
export async function readReport(s3: S3Client, uri: string): Promise<string> {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match === null)
    throw new TaskError(`The workflow's report is "${uri}", which is not an s3:// URI of an object.`);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: match[1], Key: match[2] }));
  if (Body === undefined) throw new TaskError(`${uri} is empty.`);
  return Body.transformToString();
}

/** The report's table for the terminal; the report as it is when it holds no table. */
export function renderReport(markdown: string): string {
  const table = parseMarkdownTable(markdown);
  if (table === undefined) return markdown.trim();
  const hidden = table.rows.length - SHOWN_ROWS;
  const more = hidden > 0 ? `\n… and ${hidden} more rows` : '';
  return renderTable(table.header, table.rows.slice(0, SHOWN_ROWS)) + more;
}

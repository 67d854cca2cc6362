import { parseMarkdownTable, renderTable } from '../cli/table';

/** As many rows as fit a screen; the file has all of them. */
const MAX_ROWS = 40;

/** Eight states over two years still fit a terminal's history. */
const MAX_MONTHS = 250;

/** The table of a Markdown report for the terminal; the report as it is when it holds no table. */
export function renderMarkdown(markdown: string): string {
  const table = parseMarkdownTable(markdown);
  if (table === undefined) return markdown.trim();
  const hidden = table.rows.length - MAX_ROWS;
  const more = hidden > 0 ? `\n… and ${hidden} more rows` : '';
  return renderTable(table.header, table.rows.slice(0, MAX_ROWS)) + more;
}

/** The monthly report, CSV sorted by state and month, as a table: of a long one the last month of each state. */
export function renderMonthly(csv: string): string {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  if (rows.length <= MAX_MONTHS) return renderTable(header, rows);
  const latest = new Map(rows.map((row) => [row[0], row]));
  const note = `… the last month of each state; all ${rows.length} rows are in the report`;
  return `${renderTable(header, [...latest.values()])}\n${note}`;
}

import { visible } from './visible.cjs';

/** Rows as a table for the terminal; columns whose cells are all numbers are set to the right. */
export function renderTable(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => visible(cell).replaceAll('\n', '\\n')));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const isNumeric = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[\d.,]+$/.test(row[column] ?? '')),
  );
  const render = (row: readonly string[]): string =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return isNumeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [render(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(render)].join(
    '\n',
  );
}

/** Header and rows of the first Markdown table in `markdown`; undefined when there is none. */
export function parseMarkdownTable(markdown: string): { header: string[]; rows: string[][] } | undefined {
  const lines = markdown.split('\n').filter((line) => line.trim().startsWith('|'));
  const [header, rule, ...rows] = lines.map(cellsOf);
  if (header === undefined || rule?.every((cell) => /^:?-+:?$/.test(cell)) !== true) return undefined;
  return { header, rows };
}

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

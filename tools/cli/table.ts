import { visible } from './visible.cjs';

/** A table for the terminal; columns with only numbers are right-aligned. */
export function renderTable(header: readonly string[], cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) =>
    row.map((cell) => visible(cell).replaceAll('\n', '\\n').replaceAll('\t', '\\t')),
  );
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

/** Maximum length of a shown cell: clients can send texts of a megabyte. */
export const MAX_CELL = 200;

export function shortCells(row: readonly string[]): string[] {
  return row.map((cell) => (cell.length > MAX_CELL ? `${cell.slice(0, MAX_CELL)}…` : cell));
}

/** Header and rows of the first Markdown table; undefined without a table. */
export function parseMarkdownTable(markdown: string): { header: string[]; rows: string[][] } | undefined {
  const lines = markdown.split('\n').filter((line) => line.trim().startsWith('|'));
  const [header, rule, ...rows] = lines.map(cellsOf);
  if (header === undefined || rule?.every((cell) => /^:?-+:?$/.test(cell)) !== true) return undefined;
  return { header, rows };
}

/** Parses cells like GitHub: a backslash escapes the next character, so `\\|` ends a cell and `\|` does not. */
function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '');
  const cells = [...inner.matchAll(/((?:\\.|[^|\\])*)(?:\||\\?$)/g)].map(([, cell = '']) =>
    textOf(cell.trim()),
  );
  // The last match is the empty end of the line.
  return cells.slice(0, -1);
}

/** The text of a cell: code unchanged, other text without escapes; `\|` is a bar in both. */
function textOf(cell: string): string {
  const code = /^(`+)( ?)(?<code>.+)\2\1$/.exec(cell)?.groups?.code;
  return code === undefined ? cell.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1') : code.replaceAll('\\|', '|');
}

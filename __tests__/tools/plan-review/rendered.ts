import { Parser } from 'commonmark';

/** What a reader of Markdown sees, and what acts upon them. */
export interface Rendered {
  /** Text outside of code, in which GitHub looks for mentions, references and addresses. */
  readonly prose: string;
  readonly links: number;
  readonly html: readonly string[];
  /** Code spans. */
  readonly code: readonly string[];
  /** Blocks of code, by what stands after their fence. */
  readonly fences: readonly { readonly info: string; readonly text: string }[];
  /** Numbers of cells of each table's rows, as GitHub divides them. */
  readonly tables: readonly (readonly number[])[];
}

/** Reads Markdown as CommonMark does; GitHub's tables are read by their own rule. */
export function render(markdown: string): Rendered {
  const found = { prose: [] as string[], links: 0, html: [] as string[], code: [] as string[] };
  const fences: { info: string; text: string }[] = [];
  const walker = new Parser().parse(markdown).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, literal, info } = step.node;
    if (!step.entering) continue;
    if (type === 'link' || type === 'image') found.links += 1;
    if (type === 'text') found.prose.push(literal ?? '');
    if (type === 'code') found.code.push(literal ?? '');
    if (type.startsWith('html_')) found.html.push(...(literal ?? '').split('\n'));
    if (type === 'code_block') fences.push({ info: info ?? '', text: literal ?? '' });
  }
  const rows = [...markdown.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => table.trim().split('\n'));
  return { ...found, prose: found.prose.join(''), fences, tables: rows.map((table) => table.map(cellsOf)) };
}

/** In a row of GitHub's tables a backslash and the sign after it belong together: scanner table_cell of cmark-gfm. */
function cellsOf(row: string): number {
  return row.replaceAll(/\\[!-/:-@[-`{-~]/g, '').split('|').length;
}

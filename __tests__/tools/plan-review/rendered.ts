import { Parser } from 'commonmark';

/** Rendered Markdown. */
export interface Rendered {
  /** Text outside of code, in which GitHub finds mentions, references and addresses. */
  readonly prose: string;
  readonly links: number;
  readonly html: readonly string[];
  /** Code blocks with the info string of their fence. */
  readonly fences: readonly { readonly info: string; readonly text: string }[];
  /** Numbers of cells in the rows of each table. */
  readonly tables: readonly (readonly number[])[];
}

/** Parses Markdown as CommonMark, and tables as GitHub. */
export function render(markdown: string): Rendered {
  const found = { prose: [] as string[], links: 0, html: [] as string[] };
  const fences: { info: string; text: string }[] = [];
  const walker = new Parser().parse(markdown).walker();
  for (let step = walker.next(); step !== null; step = walker.next()) {
    const { type, literal, info } = step.node;
    if (!step.entering) continue;
    if (type === 'link' || type === 'image') found.links += 1;
    if (type === 'text') found.prose.push(literal ?? '');
    if (type.startsWith('html_')) found.html.push(...(literal ?? '').split('\n'));
    if (type === 'code_block') fences.push({ info: info ?? '', text: literal ?? '' });
  }
  const rows = [...markdown.matchAll(/(?:^\|.*\|\n)+/gm)].map(([table]) => table.trim().split('\n'));
  return { ...found, prose: found.prose.join(''), fences, tables: rows.map((table) => table.map(cellsOf)) };
}

/** A backslash escapes the next sign in a row: scanner table_cell of cmark-gfm. */
function cellsOf(row: string): number {
  return row.replaceAll(/\\[!-/:-@[-`{-~]/g, '').split('|').length;
}

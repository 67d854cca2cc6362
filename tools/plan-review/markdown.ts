import { visible } from '../cli/visible.cjs';
import { hideSecrets } from '../terraform/plan/masking';

/** Longest value in a review, in characters. */
const MAX_VALUE = 240;

/** Text of a plan on one line: secrets hidden, invisible characters made visible, long values cut. */
export function oneLine(text: string): string {
  const cut = text.length > 4 * MAX_VALUE ? text.slice(0, 4 * MAX_VALUE) : text;
  const clean = visible(hideSecrets(cut)).replaceAll('\n', '↵').replaceAll('\t', '\\u0009');
  if (clean.length <= MAX_VALUE && cut === text) return clean;
  const kept = clean.slice(0, MAX_VALUE).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${text.length.toLocaleString('en')} characters)`;
}

/** Characters that are shown before the first difference of two long texts. */
const COMMON = 40;

/** Characters that are searched for the first difference. */
const SEARCHED = 20_000;

/** Two texts as code, each cut near the first difference; a missing text is an empty cell. */
export function beforeAfter(before: string | undefined, after: string | undefined): [string, string] {
  if (before === undefined || after === undefined)
    return [before === undefined ? '' : code(before), after === undefined ? '' : code(after)];
  const [old, now] = [before, after].map((text) => hideSecrets(text.slice(0, SEARCHED)));
  if (old === undefined || now === undefined || Math.max(old.length, now.length) <= MAX_VALUE)
    return [code(before), code(after)];
  let same = 0;
  while (same < old.length && old[same] === now[same]) same += 1;
  const start = Math.max(0, same - COMMON);
  const from = (text: string): string => code(start === 0 ? text : `…${text.slice(start)}`);
  return old === now ? [code(before), code(after)] : [from(old), from(now)];
}

/**
 * Text of a plan as a code span with more backticks than any run in the text, so that the text cannot end the span.
 * GitHub renders no links, mentions, images or HTML in code. Not for a line of HTML, which has no Markdown.
 */
export function code(text: string): string {
  const line = oneLine(text);
  if (line.trim() === '') return line === '' ? '(empty)' : '(blank)';
  const runs = [...line.matchAll(/`+/g)].map(([run]) => run.length);
  const fence = '`'.repeat(Math.max(0, ...runs) + 1);
  const pad = /^`|`$|^ .* $/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Longest table, in rows. */
const MAX_ROWS = 60;

/** Table of GitHub's Markdown. Pipes are escaped: they end a cell also within code. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapePipes).join(' | ')} |`;
  const shown = [header, header.map(() => '---'), ...rows.slice(0, MAX_ROWS)].map(line).join('\n');
  const left = rows.length - MAX_ROWS;
  return left > 0 ? `${shown}\n\n${counted(left, 'more row')} omitted.` : shown;
}

/** "a, b and 3 more". */
export function listed(items: readonly string[], most: number): string {
  const left = items.length - most;
  return left > 0 ? `${items.slice(0, most).join(', ')} and ${left} more` : items.join(', ');
}

/** The number of occurrences of each text. */
export function countEach(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** The number of backslashes before an escaped pipe must be even: GitHub reads two of them as one character. */
function escapePipes(cell: string): string {
  return cell.replaceAll(
    /(\\*)\|/g,
    (_, before: string) => `${before}${before.length % 2 === 1 ? '\\' : ''}\\|`,
  );
}

/** A folded block; `summary` is HTML. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** "1 bucket", "2 buckets". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

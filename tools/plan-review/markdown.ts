import { hideSecrets } from '../terraform/masking';

/** Longest text that a value takes in a review, in characters; the rest is counted. */
const LONGEST_VALUE = 240;

/** Characters that do not show, or that change the order in which others show. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** What a code span can hold as it is, in a table and out of it. */
const PLAIN = /^[^`|]*$/;

/** Text of a plan on one line: secrets hidden, invisible characters made visible, long values cut. */
export function oneLine(text: string): string {
  const cut = text.length > 4 * LONGEST_VALUE ? text.slice(0, 4 * LONGEST_VALUE) : text;
  const clean = hideSecrets(cut).replaceAll(/\r?\n/g, '↵').replace(INVISIBLE, codePoint);
  if (clean.length <= LONGEST_VALUE && cut === text) return clean;
  const kept = clean.slice(0, LONGEST_VALUE).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}… (${text.length.toLocaleString('en')} characters)`;
}

function codePoint(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

/** Characters of what two long texts have in common that are shown before the first difference. */
const COMMON = 40;

/** More of a long text than this is not searched for differences. */
const SEARCHED = 20_000;

/** Two texts as code, each cut to where they begin to differ; a missing one is an empty cell. */
export function beforeAfter(before: string | undefined, after: string | undefined): [string, string] {
  if (before === undefined || after === undefined)
    return [before === undefined ? '' : code(before), after === undefined ? '' : code(after)];
  const [old, now] = [before, after].map((text) => hideSecrets(text.slice(0, SEARCHED)));
  if (old === undefined || now === undefined || Math.max(old.length, now.length) <= LONGEST_VALUE)
    return [code(before), code(after)];
  let same = 0;
  while (same < old.length && old[same] === now[same]) same += 1;
  const start = Math.max(0, same - COMMON);
  const from = (text: string): string => code(start === 0 ? text : `…${text.slice(start)}`);
  return old === now ? [code(before), code(after)] : [from(old), from(now)];
}

/** HTML's entities for every character that Markdown, HTML or GitHub's mentions could take for something else. */
export function entities(text: string): string {
  return text.replaceAll(
    /[^\p{L}\p{N} .,;/()=+"'?%…↵→-]/gu,
    (character) => `&#${character.codePointAt(0) ?? 0};`,
  );
}

/** Text of a plan as code, for any place but a line of HTML: nothing in it can end the code, link or mention. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line.trim() === '') return line === '' ? '(empty)' : '(blank)';
  return PLAIN.test(line) ? `\`${line}\`` : htmlCode(text);
}

/** Text of a plan as code in a line of HTML, such as a summary, in which Markdown does not hold. */
export function htmlCode(text: string): string {
  return `<code>${entities(oneLine(text))}</code>`;
}

/** Table of GitHub's Markdown; cells are Markdown already, in which a pipe is an entity. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A block that opens with a click; `summary` is HTML. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** "1 bucket", "2 buckets". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

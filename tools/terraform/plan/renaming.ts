import { text } from './attributes';
import type { ResourceChange } from './plan';

export type Rename = (text: string | undefined) => string | undefined;

interface RenameText extends Rename {
  (text: string): string;
}

/** Replaces all names in one pass; the longest name wins. */
export function renameBy(names: ReadonlyMap<string, string>): RenameText {
  const width = [...names.keys()].reduce((least, name) => Math.min(least, name.length), Infinity);
  const byStart = new Map<string, string[]>();
  for (const name of [...names.keys()].sort((a, b) => b.length - a.length)) {
    const start = name.slice(0, width);
    byStart.set(start, [...(byStart.get(start) ?? []), name]);
  }
  const nameAt = (text: string, at: number): string | undefined =>
    byStart.get(text.slice(at, at + width))?.find((name) => text.startsWith(name, at));
  function rename(text: string): string;
  function rename(text: string | undefined): string | undefined;
  function rename(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    let [renamed, copied] = ['', 0];
    for (let at = 0; at + width <= text.length; at += 1) {
      const name = nameAt(text, at);
      if (name === undefined) continue;
      renamed += `${text.slice(copied, at)}${names.get(name) ?? name}`;
      copied = at + name.length;
      at = copied - 1;
    }
    return `${renamed}${text.slice(copied)}`;
  }
  return rename;
}

type Replacement = Pick<ResourceChange, 'kind' | 'before' | 'after'>;

export function renames(changes: readonly Replacement[]): ReadonlyMap<string, string> {
  const replaced = changes.filter(({ kind }) => kind === 'replace');
  return new Map(
    replaced.flatMap(({ before, after }) =>
      ['bucket', 'name', 'function_name'].flatMap((key): [string, string][] => {
        const [old, now] = [text(before, key), text(after, key)];
        return old === undefined || now === undefined || old === now || old.length < 4 ? [] : [[old, now]];
      }),
    ),
  );
}

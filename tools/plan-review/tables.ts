import { code } from './markdown';
import type { Attributes, ResourceChange } from '../terraform/plan/plan-format';
import { blocks, nameOf, text, type Block, type ReviewContext, type Section } from './section';

interface ColumnChange {
  readonly table: string;
  readonly column: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Changed columns of Glue tables; existing files keep the old columns. */
export function tables({ changed }: ReviewContext): Section | undefined {
  const changes = changed
    .filter(
      ({ type, kind }) => type === 'aws_glue_catalog_table' && (kind === 'update' || kind === 'replace'),
    )
    .flatMap((change) => columnChanges(change));
  if (changes.length === 0) return undefined;
  const [first] = changes;
  const words =
    changes.length === 1 && first !== undefined
      ? `Glue column ${inWords(first)}`
      : `${changes.length} Glue columns changed`;
  return { title: 'Tables', summary: [words], blocks: changes.map(describe) };
}

function columnChanges(change: ResourceChange): ColumnChange[] {
  const [before, after] = [columns(change.before), columns(change.after)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((column) => before.get(column) !== after.get(column))
    .map((column) => ({
      table: nameOf(change),
      column,
      before: before.get(column),
      after: after.get(column),
    }));
}

function columns(attributes: Attributes | undefined): Map<string, string> {
  const [storage] = blocks(attributes?.storage_descriptor);
  const typed = (list: unknown, mark: string): [string, string][] =>
    blocks(list).map((column) => [text(column, 'name') ?? '', `${text(column, 'type') ?? '?'}${mark}`]);
  return new Map([...typed(storage?.columns, ''), ...typed(attributes?.partition_keys, ' (partition key)')]);
}

function inWords({ column, before, after }: ColumnChange): string {
  if (before === undefined) return `${code(column)} added`;
  if (after === undefined) return `${code(column)} removed`;
  return `${code(column)} ${code(before)} → ${code(after)}`;
}

function describe(change: ColumnChange): Block {
  const effect =
    change.before === undefined
      ? 'null in rows of existing files'
      : change.after === undefined
        ? 'existing files keep it, queries no longer return it'
        : 'existing files keep the old type, and queries may fail to read them';
  return {
    line: `- ${change.before === undefined ? '⬜' : '🟧'} ${code(change.table)}: column ${inWords(change)}: ${effect}.`,
  };
}

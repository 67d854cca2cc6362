import { code, counted, table } from './markdown';
import { alters, applies } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';
import { nameOf, type Block, type ReviewContext, type Section } from './section';

export function stateChanges({ all }: ReviewContext): Section | undefined {
  const imported = all.filter(({ importId }) => importId !== undefined);
  const moved = all.filter(({ previousAddress }) => previousAddress !== undefined);
  const ofKind = (kind: ResourceChange['kind']) => all.filter((change) => change.kind === kind);
  const blocks = [
    ...rows('imported', ['Resource', 'Import ID'], imported, ({ address, importId = '' }) => [
      code(address),
      code(importId),
    ]),
    ...rows(
      'no longer managed by Terraform, not destroyed',
      ['Resource', 'Name'],
      ofKind('forget'),
      (change) => [code(change.address), code(nameOf(change))],
    ),
    ...rows('moved in the state', ['From', 'To'], moved, (change) => [
      code(change.previousAddress ?? ''),
      code(change.address),
    ]),
    ...rows('with changed sensitivity only', ['Resource'], ofKind('remark'), ({ address }) => [
      code(address),
    ]),
  ];
  const onlyState = all.some(applies) && !all.some(alters);
  if (blocks.length === 0) return undefined;
  return { title: "Terraform's state", summary: onlyState ? ['only the state changes'] : [], blocks };
}

function rows(
  what: string,
  header: readonly string[],
  changes: readonly ResourceChange[],
  row: (change: ResourceChange) => string[],
): Block[] {
  if (changes.length === 0) return [];
  return [
    { line: `- ${counted(changes.length, 'resource')} ${what}`, detail: table(header, changes.map(row)) },
  ];
}

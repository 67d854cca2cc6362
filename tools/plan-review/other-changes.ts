import { attributeChanges, isTagsOnly, type AttributeChange } from '../terraform/attribute-diff';
import { beforeAfter, code, counted, table } from './markdown';
import { policyChanges } from './access/policies';
import { applies } from '../terraform/plan-effects';
import type { ResourceChange } from '../terraform/plan-format';
import { nameOf, type Block, type ReviewContext, type Section } from './section';

/** More attributes of one resource than this are counted. */
const MOST_ROWS = 30;

/** Beginnings of the paths that a section of their own tells; '' stands for all of the type. */
const TOLD: ReadonlyMap<string, readonly string[]> = new Map([
  ['aws_sfn_state_machine', ['']],
  ['aws_scheduler_schedule', ['schedule_expression', 'state']],
  ['aws_cloudwatch_event_rule', ['schedule_expression', 'state']],
  ['aws_glue_catalog_table', ['storage_descriptor.0.columns', 'partition_keys']],
  [
    'aws_emrserverless_application',
    ['maximum_capacity.0.cpu', 'maximum_capacity.0.memory', 'initial_capacity', 'release_label'],
  ],
]);

function isTold({ type }: ResourceChange, { path }: AttributeChange): boolean {
  return TOLD.get(type)?.some((start) => path.join('.').startsWith(start)) === true;
}

/** What no other section tells: new resources by type, tags, attributes, outputs. */
export function otherChanges({ changed, plans }: ReviewContext): Section | undefined {
  const tags = changed.filter(isTagsOnly);
  const created = changed.filter(({ kind }) => kind === 'create');
  const updated = changed.filter(
    (change) => change.kind === 'update' && !isTagsOnly(change) && untold(change).length > 0,
  );
  const outputs = plans.flatMap((plan) => plan.outputs).filter(applies);
  const parts = [
    ...updated.map(update),
    ...(created.length === 0 ? [] : [creation(created)]),
    ...(tags.length === 0 ? [] : [tagChanges(tags)]),
    ...(outputs.length === 0
      ? []
      : [{ line: `- Outputs that change: ${some(outputs.map(({ name }) => code(name)))}` }]),
  ];
  if (parts.length === 0) return undefined;
  const tagged = tags.length === changed.length ? 'only tags' : `tags of ${tags.length}`;
  return { title: 'Other changes', verdict: tags.length === 0 ? [] : [tagged], blocks: parts };
}

function some(items: readonly string[]): string {
  return items.length > 10
    ? `${items.slice(0, 10).join(', ')} and ${items.length - 10} more`
    : items.join(', ');
}

function untold(change: ResourceChange): AttributeChange[] {
  const policies = new Set(policyChanges(change).map(({ attribute }) => attribute));
  return attributeChanges(change).filter(
    (attribute) => !isTold(change, attribute) && !policies.has(attribute.path[0] ?? ''),
  );
}

function update(change: ResourceChange): Block {
  const rows = untold(change);
  const names = [...new Set(rows.map(({ path }) => path[0] ?? ''))];
  return {
    line: `- ${code(change.address)} ${code(nameOf(change))}: ${some(names.map(code))}`,
    detail: attributes(rows),
  };
}

function attributes(rows: readonly AttributeChange[]): string {
  const shown = table(
    ['Attribute', 'Before', 'After'],
    rows
      .slice(0, MOST_ROWS)
      .map(({ path, before, after }) => [code(path.join('.')), ...beforeAfter(before, after)]),
  );
  const left = rows.length - MOST_ROWS;
  return left > 0 ? `${shown}\n\n${counted(left, 'more attribute')} left out.` : shown;
}

function creation(created: readonly ResourceChange[]): Block {
  const byType = grouped(created);
  return {
    line: `- ${created.length} to create: ${some([...byType].map(([type, changes]) => `${changes.length} ${code(type)}`))}`,
    detail: table(
      ['Type', 'Names'],
      [...byType].map(([type, changes]) => [code(type), some(changes.map((change) => code(nameOf(change))))]),
    ),
  };
}

function grouped(changes: readonly ResourceChange[]): Map<string, ResourceChange[]> {
  const groups = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const group = groups.get(change.type);
    if (group === undefined) groups.set(change.type, [change]);
    else group.push(change);
  }
  return groups;
}

/** Tags that many resources share are told once. */
function tagChanges(changes: readonly ResourceChange[]): Block {
  const counts = new Map<string, number>();
  for (const change of changes) {
    const texts = attributeChanges(change).map(({ path, before, after }) =>
      [
        code(path.slice(1).join('.')),
        before === undefined ? '' : code(before),
        after === undefined ? '' : code(after),
      ].join('\u0000'),
    );
    for (const text of new Set(texts)) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const rows = [...counts].map(([text, count]) => [...text.split('\u0000'), String(count)]);
  return {
    line: `- Tags of ${counted(changes.length, 'resource')}`,
    detail: table(['Tag', 'Before', 'After', 'Resources'], rows.slice(0, MOST_ROWS)),
  };
}

import { attributeChanges, isTagsOnly, type AttributeChange } from '../terraform/plan/attribute-diff';
import { beforeAfter, code, countEach, counted, listed, table } from './markdown';
import { policyChanges } from './access/policies';
import { applies } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';
import { itemsIf, nameOf, type Block, type ReviewContext, type Section } from './section';

/** Prefixes of the paths that other sections show; '' is all paths of the type. */
const SHOWN: ReadonlyMap<string, readonly string[]> = new Map([
  ['aws_sfn_state_machine', ['']],
  ['aws_scheduler_schedule', ['schedule_expression', 'state']],
  ['aws_cloudwatch_event_rule', ['schedule_expression', 'state']],
  ['aws_glue_catalog_table', ['storage_descriptor.0.columns', 'partition_keys']],
  [
    'aws_emrserverless_application',
    ['maximum_capacity.0.cpu', 'maximum_capacity.0.memory', 'initial_capacity', 'release_label'],
  ],
]);

function isShown({ type }: ResourceChange, { path }: AttributeChange): boolean {
  return SHOWN.get(type)?.some((start) => path.join('.').startsWith(start)) === true;
}

/** Changes that no other section shows: new resources by type, tags, attributes, outputs. */
export function otherChanges({ changed, plans }: ReviewContext): Section | undefined {
  const tags = changed.filter(isTagsOnly);
  const created = changed.filter(({ kind }) => kind === 'create');
  const updated = changed.filter(
    (change) => change.kind === 'update' && !isTagsOnly(change) && unshown(change).length > 0,
  );
  const outputs = plans.flatMap((plan) => plan.outputs).filter(applies);
  const parts = [
    ...updated.map(update),
    ...itemsIf(created.length > 0, creation(created)),
    ...itemsIf(tags.length > 0, tagChanges(tags)),
    ...itemsIf(outputs.length > 0, {
      line: `- Changed outputs: ${some(outputs.map(({ name }) => code(name)))}`,
    }),
  ];
  if (parts.length === 0) return undefined;
  const tagged = tags.length === changed.length ? 'only tags' : `tags of ${tags.length}`;
  return { title: 'Other changes', summary: itemsIf(tags.length > 0, tagged), blocks: parts };
}

function unshown(change: ResourceChange): AttributeChange[] {
  const policies = new Set(policyChanges(change).map(({ attribute }) => attribute));
  return attributeChanges(change).filter(
    (attribute) => !isShown(change, attribute) && !policies.has(attribute.path[0] ?? ''),
  );
}

function update(change: ResourceChange): Block {
  const rows = unshown(change);
  const names = [...new Set(rows.map(({ path }) => path[0] ?? ''))];
  return {
    line: `- ${code(change.address)} ${code(nameOf(change))}: ${some(names.map(code))}`,
    detail: attributes(rows),
  };
}

function attributes(rows: readonly AttributeChange[]): string {
  return table(
    ['Attribute', 'Before', 'After'],
    rows.map(({ path, before, after }) => [code(path.join('.')), ...beforeAfter(before, after)]),
  );
}

function creation(created: readonly ResourceChange[]): Block {
  const types = countEach(created.map(({ type }) => type));
  const namesOf = (type: string): string[] =>
    created.filter((change) => change.type === type).map((change) => code(nameOf(change)));
  return {
    line: `- ${created.length} to create: ${some([...types].map(([type, count]) => `${count} ${code(type)}`))}`,
    detail: table(
      ['Type', 'Names'],
      [...types.keys()].map((type) => [code(type), some(namesOf(type))]),
    ),
  };
}

/** One row for equal tag changes of several resources. */
function tagChanges(changes: readonly ResourceChange[]): Block {
  const cells = changes.flatMap((change) => [
    ...new Set(
      attributeChanges(change).map(({ path, before, after }) =>
        JSON.stringify([code(path.slice(1).join('.')), ...beforeAfter(before, after)]),
      ),
    ),
  ]);
  const rows = [...countEach(cells)].map(([row, count]) => [...(JSON.parse(row) as string[]), String(count)]);
  return {
    line: `- Tags of ${counted(changes.length, 'resource')}`,
    detail: table(['Tag', 'Before', 'After', 'Resources'], rows),
  };
}

function some(items: readonly string[]): string {
  return listed(items, 10);
}

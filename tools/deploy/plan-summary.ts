import type { Plan, ResourceChange } from '../terraform/plan-format';

/** What the summary needs to know of a resource. */
export type Change = Pick<
  ResourceChange,
  'address' | 'type' | 'kind' | 'reason' | 'forcedBy' | 'before' | 'after'
>;

/** A stack's plan in numbers of resources; a replacement is one. */
export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly replace: number;
  readonly destroy: number;
}

/** As many updates are named; what is destroyed or replaced is always named in full. */
const SHOWN_UPDATES = 8;
/** Attributes of one update. */
const SHOWN_ATTRIBUTES = 4;

export function countChanges(changes: readonly Pick<Change, 'kind'>[]): Counts {
  const count = (kind: Change['kind']): number => changes.filter((change) => change.kind === kind).length;
  return {
    add: count('create'),
    change: count('update'),
    replace: count('replace'),
    destroy: count('delete'),
  };
}

/** How many of Terraform's steps that is: a replacement is two. */
export function countSteps({ add, change, replace, destroy }: Counts): number {
  return add + change + 2 * replace + destroy;
}

/** Whether applying the plan would do anything, be it only to outputs. */
export function changesAnything({
  changes,
  outputs,
}: Pick<Plan, 'outputs'> & { changes: readonly Pick<Change, 'kind'>[] }): boolean {
  const acts = ({ kind }: Pick<Change, 'kind'>): boolean => kind !== 'no-op' && kind !== 'read';
  return changes.some(acts) || outputs.some(acts);
}

/** "57 to add", "1 to change, 1 to replace", "no change". */
export function describeCounts({ add, change, replace, destroy }: Counts): string {
  const parts: [number, string][] = [
    [add, 'to add'],
    [change, 'to change'],
    [replace, 'to replace'],
    [destroy, 'to destroy'],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'no change' : told.join(', ');
}

/** The plan of a stack for the terminal: its numbers, then by name what is destroyed, replaced and changed. */
export function renderPlan(
  stack: string,
  changes: readonly Change[],
  lossOf: (change: Change) => string | undefined,
): string {
  const ofKind = (kind: Change['kind']): Change[] => changes.filter((change) => change.kind === kind);
  const warn = (change: Change): string => {
    const loss = lossOf(change);
    return loss === undefined ? '' : `  ⚠ ${loss}`;
  };
  const updates = ofKind('update');
  const hidden = updates.length - SHOWN_UPDATES;
  return [
    `${stack}: ${describeCounts(countChanges(changes))}`,
    ...ofKind('delete').map((change) => `  - destroys ${change.address}${warn(change)}`),
    ...ofKind('replace').map(
      (change) => `  ± replaces ${change.address}, because ${whyReplaced(change)}${warn(change)}`,
    ),
    ...updates
      .slice(0, SHOWN_UPDATES)
      .map((change) => `  ~ changes  ${change.address}${changedAttributes(change)}`),
    ...(hidden > 0 ? [`  ~ changes  ${hidden} more`] : []),
  ].join('\n');
}

/** Terraform's reasons for a replacement that no attribute forces. */
const REASONS: Readonly<Record<string, string>> = {
  replace_because_tainted: 'its creation had failed half-way',
  replace_by_request: 'somebody has asked for it',
  replace_by_triggers: 'something that it depends on changes',
};

function whyReplaced({ forcedBy, reason = '' }: Change): string {
  if (forcedBy.length > 0) return `${forcedBy.join(', ')} cannot change in place`;
  return REASONS[reason] ?? (reason === '' ? 'Terraform gives no reason' : reason.replaceAll('_', ' '));
}

function changedAttributes({ before = {}, after = {} }: Change): string {
  // What is known only after the apply has no value here. Terraform repeats the tags of the provider in tags_all.
  const names = Object.keys(after)
    .filter((name) => name !== 'tags_all')
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return '';
  const more = names.length > SHOWN_ATTRIBUTES ? ', …' : '';
  return ` (${names.slice(0, SHOWN_ATTRIBUTES).join(', ')}${more})`;
}

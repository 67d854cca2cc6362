import { countChanges, describeCounts, describeReason, type Counts } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';

/** What the summary needs to know of a resource. */
export type Change = Pick<
  ResourceChange,
  'address' | 'type' | 'kind' | 'reason' | 'forcedBy' | 'before' | 'after'
> &
  Partial<Pick<ResourceChange, 'previousAddress' | 'importId'>>;

/** As many updates are named; what is destroyed, replaced or loses data is always named in full. */
const MAX_UPDATES = 8;
/** Attributes of one update. */
const MAX_ATTRIBUTES = 4;

/** How many of Terraform's steps that is: a replacement is two, and what only changes the state is none. */
export function countSteps({ add, change, replace, destroy }: Counts): number {
  return add + change + 2 * replace + destroy;
}

/** The plan of a stack for the terminal: its numbers, then by name all but what is new and loses nothing. */
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
  const isLoss = (change: Change): boolean => lossOf(change) !== undefined;
  const updates = [...ofKind('update'), ...ofKind('remark')];
  const harmless = updates.filter((change) => !isLoss(change));
  const hidden = harmless.length - MAX_UPDATES;
  return [
    `${stack}: ${describeCounts(countChanges(changes))}`,
    ...ofKind('delete').map((change) => `  - destroys ${change.address}${warn(change)}`),
    ...ofKind('replace').map(
      (change) => `  ± replaces ${change.address}, because ${whyReplaced(change)}${warn(change)}`,
    ),
    ...ofKind('create')
      .filter(isLoss)
      .map((change) => `  + makes    ${change.address}${warn(change)}`),
    ...[...updates.filter(isLoss), ...harmless.slice(0, MAX_UPDATES)].map(
      (change) => `  ~ changes  ${change.address}${changedAttributes(change)}${warn(change)}`,
    ),
    ...(hidden > 0 ? [`  ~ changes  ${hidden} more`] : []),
    ...changes.flatMap(({ address, importId }) =>
      importId === undefined ? [] : [`  ← imports  ${address}`],
    ),
    ...ofKind('forget').map(({ address }) => `  ∅ leaves   ${address} in AWS, no longer managed`),
    ...changes.flatMap(({ address, previousAddress }) =>
      previousAddress === undefined ? [] : [`  → moves    ${previousAddress} to ${address}`],
    ),
  ].join('\n');
}

function whyReplaced({ forcedBy, reason }: Change): string {
  return forcedBy.length > 0 ? `${forcedBy.join(', ')} cannot change in place` : describeReason(reason);
}

function changedAttributes({ before = {}, after = {} }: Change): string {
  // What is known only after the apply has no value here. Terraform repeats the tags of the provider in tags_all.
  const names = Object.keys(after)
    .filter((name) => name !== 'tags_all')
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return '';
  const more = names.length > MAX_ATTRIBUTES ? ', …' : '';
  return ` (${names.slice(0, MAX_ATTRIBUTES).join(', ')}${more})`;
}

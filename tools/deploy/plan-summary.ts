import { countChanges, describeCounts, describeReason, type Counts } from '../terraform/plan/plan-effects';
import type { ResourceChange } from '../terraform/plan/plan-format';

export type Change = Pick<
  ResourceChange,
  'address' | 'type' | 'kind' | 'reason' | 'forcedBy' | 'before' | 'after'
> &
  Partial<Pick<ResourceChange, 'previousAddress' | 'importId'>>;

/** Maximum number of listed updates; destroyed and replaced resources and losses are always listed. */
const MAX_UPDATES = 8;
const MAX_ATTRIBUTES = 4;

/** The number of Terraform operations: a replacement has two, a change of the state only has none. */
export function countSteps({ add, change, replace, destroy }: Counts): number {
  return add + change + 2 * replace + destroy;
}

/** The plan of a stack for the terminal: its counts and changes, without new resources that cause no loss. */
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
      .map((change) => `  + creates  ${change.address}${warn(change)}`),
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
  // Values that are known after apply are missing. tags_all repeats the tags.
  const names = Object.keys(after)
    .filter((name) => name !== 'tags_all')
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  if (names.length === 0) return '';
  const more = names.length > MAX_ATTRIBUTES ? ', …' : '';
  return ` (${names.slice(0, MAX_ATTRIBUTES).join(', ')}${more})`;
}

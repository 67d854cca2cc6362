import { renderTable } from '../../cli/table';
import { describePermission, type Permission } from './role-policies';
import { explainedPermissions } from './reasons';

export interface Trial extends Permission {
  readonly neededBy?: string;
  /** Error that prevented a result. */
  readonly problem?: string;
  /** Scenarios that use it and succeed without it. */
  readonly survived: readonly string[];
}

export interface Result extends Permission {
  readonly result: 'needed' | 'reason' | 'left over';
  readonly detail: string;
}

/** A result for each permission, and for each reason without a permission. */
export function evaluate(trials: readonly Trial[]): Result[] {
  const known = new Set(trials.map(describePermission));
  const gone = explainedPermissions()
    .filter((permission) => !known.has(describePermission(permission)))
    .map(({ role, sid, action }): Result => ({
      role,
      sid,
      action,
      result: 'left over',
      detail: 'the role does not have the permission: remove the reason',
    }));
  return [...trials.map(resultOf), ...gone];
}

function resultOf({ role, sid, action, neededBy, problem, survived }: Trial): Result {
  const permission = { role, sid, action };
  const reason = explainedPermissions().find(
    (one) => describePermission(one) === describePermission(permission),
  );
  if (problem !== undefined) return { ...permission, result: 'left over', detail: problem };
  if (neededBy !== undefined)
    return reason === undefined
      ? { ...permission, result: 'needed', detail: neededBy }
      : { ...permission, result: 'left over', detail: `needed by "${neededBy}": remove the reason` };
  if (reason !== undefined)
    return { ...permission, result: 'reason', detail: `${reason.reason} (${reason.source})` };
  const seen = survived.length === 0 ? 'not used' : `scenarios succeed without it: ${survived.join(', ')}`;
  return { ...permission, result: 'left over', detail: `${seen}: remove it, or add a reason` };
}

/** A row for each permission, and the number of each result. */
export function renderResults(results: readonly Result[]): string {
  const rows = results.map(({ role, sid, action, result, detail }) => [role, sid, action, result, detail]);
  const counts = (['needed', 'reason', 'left over'] as const).map(
    (kind) => `${results.filter(({ result }) => result === kind).length} ${kind}`,
  );
  return `${renderTable(['role', 'statement', 'action', 'result', 'detail'], rows)}\n\n${counts.join(', ')}`;
}

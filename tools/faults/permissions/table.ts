import { renderTable } from '../../cli/table';
import { describePermission, type Permission } from './role-policies';
import { explainedPermissions } from './reasons';

/** What was seen of a permission. */
export interface Trial extends Permission {
  /** The scenario that fails without it; undefined when none does. */
  readonly neededBy?: string;
  /** What kept the trial from an answer. */
  readonly problem?: string;
  /** Scenarios that ask for it and succeed without it. */
  readonly survived: readonly string[];
}

export interface Verdict extends Permission {
  readonly verdict: 'needed' | 'reason' | 'left over';
  readonly detail: string;
}

/** A verdict for each permission, and for each written reason of which the roles have no permission. */
export function judge(trials: readonly Trial[]): Verdict[] {
  const known = new Set(trials.map(describePermission));
  const gone = explainedPermissions()
    .filter((permission) => !known.has(describePermission(permission)))
    .map(({ role, sid, action }): Verdict => ({
      ...{ role, sid, action },
      verdict: 'left over',
      detail: 'a reason is written, and the role has no such permission: remove the reason',
    }));
  return [...trials.map(verdictOn), ...gone];
}

function verdictOn({ role, sid, action, neededBy, problem, survived }: Trial): Verdict {
  const permission = { role, sid, action };
  const reason = explainedPermissions().find(
    (one) => describePermission(one) === describePermission(permission),
  );
  if (problem !== undefined) return { ...permission, verdict: 'left over', detail: problem };
  if (neededBy !== undefined)
    return reason === undefined
      ? { ...permission, verdict: 'needed', detail: neededBy }
      : { ...permission, verdict: 'left over', detail: `needed, as "${neededBy}" shows: remove its reason` };
  if (reason !== undefined)
    return { ...permission, verdict: 'reason', detail: `${reason.reason} (${reason.source})` };
  const seen = survived.length === 0 ? 'nothing asks for it' : `works without it: ${survived.join(', ')}`;
  return { ...permission, verdict: 'left over', detail: `${seen}: remove it, or write a reason` };
}

/** A row for each permission, and how many there are of each kind. */
export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ role, sid, action, verdict, detail }) => [role, sid, action, verdict, detail]);
  const counts = (['needed', 'reason', 'left over'] as const).map(
    (kind) => `${verdicts.filter(({ verdict }) => verdict === kind).length} ${kind}`,
  );
  return `${renderTable(['role', 'statement', 'action', '', 'by or why'], rows)}\n\n${counts.join(', ')}`;
}

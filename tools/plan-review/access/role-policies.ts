import { isMarked } from '../../terraform/masking';
import { alters } from '../../terraform/plan-effects';
import type { ResourceChange } from '../../terraform/plan-format';
import { policyChange } from './policies';
import type { Rename } from '../../terraform/renaming';
import { text } from '../section';

/** The inline policies of a role on one side of the plan. */
export interface InlinePolicies {
  readonly texts: readonly string[];
  /** Whether one of them is known only after the apply. */
  readonly isLater: boolean;
}

/** A role whose permissions the plan changes, and which is there afterwards. */
export interface ChangedRole {
  /** Its name afterwards. */
  readonly name: string;
  readonly before: InlinePolicies;
  readonly after: InlinePolicies;
  /** ARNs of managed policies, whose content no plan tells, that the role has besides. */
  readonly managed: readonly string[];
  /** Whether the plan gives it one of them. */
  readonly gainsManaged: boolean;
}

const TYPES = new Set(['aws_iam_role_policy', 'aws_iam_role_policy_attachment']);

/** Every role whose inline or managed policies change. */
export function changedRoles(
  all: readonly ResourceChange[],
  changed: readonly ResourceChange[],
  rename: Rename,
): ChangedRole[] {
  const gone = new Set(
    changed
      .filter(({ type, kind }) => type === 'aws_iam_role' && kind === 'delete')
      .map(({ before }) => text(before, 'name')),
  );
  const own = all.filter(({ type }) => TYPES.has(type));
  const byRole = new Map<string, ResourceChange[]>();
  for (const change of own) {
    for (const name of new Set([roleBefore(change, rename), roleAfter(change)]))
      if (name !== undefined) byRole.set(name, [...(byRole.get(name) ?? []), change]);
  }
  return [...byRole]
    .filter(([name, changes]) => !gone.has(name) && changes.some((change) => isChanged(change)))
    .map(([name, changes]) => describe(name, changes, rename));
}

function isChanged(change: ResourceChange): boolean {
  return alters(change) && policyChange(change) !== undefined;
}

function roleBefore({ before }: ResourceChange, rename: Rename): string | undefined {
  return rename(text(before, 'role'));
}

function roleAfter({ after }: ResourceChange): string | undefined {
  return text(after, 'role');
}

function describe(name: string, changes: readonly ResourceChange[], rename: Rename): ChangedRole {
  const old = changes.filter((change) => roleBefore(change, rename) === name);
  const now = changes.filter((change) => roleAfter(change) === name);
  const later = now.some(
    ({ type, after, unknown }) =>
      type === 'aws_iam_role_policy' && text(after, 'policy') === undefined && isMarked(unknown, ['policy']),
  );
  const arns = (list: readonly ResourceChange[], side: 'before' | 'after'): string[] =>
    list
      .filter(({ type }) => type === 'aws_iam_role_policy_attachment')
      .map((change) => text(change[side], 'policy_arn') ?? '(known after apply)');
  const managed = arns(now, 'after');
  const had = new Set(arns(old, 'before'));
  return {
    name,
    before: { texts: old.flatMap(({ before }) => rename(text(before, 'policy')) ?? []), isLater: false },
    after: { texts: now.flatMap(({ after }) => text(after, 'policy') ?? []), isLater: later },
    managed,
    gainsManaged: managed.some((arn) => !had.has(arn)),
  };
}

import { laterPlaces, policiesOf, type HeldPolicy } from '../../access/held-policies';
import { alters } from '../../terraform/plan-effects';
import type { ResourceChange } from '../../terraform/plan-format';
import type { Rename } from '../../terraform/renaming';
import { text } from '../section';
import { policyChanges } from './policies';

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
  /** ARNs of managed policies, whose content is not in the plan, that the role has in addition. */
  readonly managed: readonly string[];
  /** Whether the plan gives it one of them. */
  readonly gainsManaged: boolean;
}

/** A resource's policies for roles. */
interface Source {
  readonly change: ResourceChange;
  /** Role and what it may do. */
  readonly before: readonly (readonly [role: string, policy: HeldPolicy])[];
  readonly after: readonly (readonly [role: string, policy: HeldPolicy])[];
  readonly isLater: boolean;
}

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
  const sources = all.map((change) => sourceOf(change, rename));
  const byRole = new Map<string, Source[]>();
  for (const source of sources) {
    const later = source.isLater ? [roleOf(source.change)] : [];
    const names = [...source.before, ...source.after].map(([role]) => role);
    for (const name of new Set([...names, ...later]))
      if (name !== undefined) byRole.set(name, [...(byRole.get(name) ?? []), source]);
  }
  return [...byRole]
    .filter(([name, own]) => !gone.has(name) && own.some(({ change }) => isChanged(change)))
    .map(([name, own]) => describe(name, own, rename));
}

function isChanged(change: ResourceChange): boolean {
  return alters(change) && policyChanges(change).some(({ kind }) => kind === 'permissions');
}

function sourceOf(change: ResourceChange, rename: Rename): Source {
  const { type, before, after, unknown } = change;
  const held = (policies: readonly HeldPolicy[], follow: Rename) =>
    policies
      .filter(({ kind, place }) => kind === 'permissions' && /^(name|roles?|role_name)$/.test(place.of))
      .filter(() => type.startsWith('aws_iam_role') || type === 'aws_iam_policy_attachment')
      .flatMap((policy) => policy.holders.map((role) => [follow(role) ?? role, policy] as const));
  return {
    change,
    before: held(before === undefined ? [] : policiesOf({ type, attributes: before }), rename),
    after: held(after === undefined ? [] : policiesOf({ type, attributes: after, unknown }), (name) => name),
    isLater: type.startsWith('aws_iam_role') && laterPlaces(change).some(isOfPermissions),
  };
}

function isOfPermissions(place: ReturnType<typeof laterPlaces>[number]): boolean {
  return place.by === 'policy' && place.kind === 'permissions';
}

function roleOf({ type, after }: ResourceChange): string | undefined {
  return text(after, type === 'aws_iam_role' ? 'name' : 'role');
}

function describe(name: string, sources: readonly Source[], rename: Rename): ChangedRole {
  const of = (side: 'before' | 'after') =>
    sources.flatMap((source) => source[side].filter(([role]) => role === name).map(([, policy]) => policy));
  const [old, now] = [of('before'), of('after')];
  const managed = now.flatMap((policy) => policy.managed);
  const had = new Set(old.flatMap((policy) => policy.managed));
  return {
    name,
    before: { texts: old.flatMap(({ texts }) => texts.map((each) => rename(each) ?? each)), isLater: false },
    after: {
      texts: now.flatMap(({ texts }) => texts),
      isLater: sources.some(({ isLater, change }) => isLater && roleOf(change) === name),
    },
    managed,
    gainsManaged: managed.some((arn) => !had.has(arn)),
  };
}

import { laterPlaces, policiesOf, type HeldPolicy, sidesOf } from '../../access/held-policies';
import { alters } from '../../terraform/plan/plan-effects';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import type { Rename } from '../../terraform/plan/renaming';
import { text } from '../../terraform/plan/attributes';
import { policyChanges } from './policies';

/** The inline policies of a role on one side of the plan. */
export interface InlinePolicies {
  readonly texts: readonly string[];
  readonly isLater: boolean;
}

/** A role whose permissions the plan changes, unless the plan destroys the role. */
export interface ChangedRole {
  readonly name: string;
  readonly before: InlinePolicies;
  readonly after: InlinePolicies;
  /** ARNs of attached managed policies, whose content is not in the plan. */
  readonly managed: readonly string[];
  readonly gainsManaged: boolean;
}

/** Types with permissions of roles. */
const TYPES = /^aws_iam_(role(_policy|_policy_attachment|_policy_attachments_exclusive)?|policy_attachment)$/;

export function changedRoles(
  all: readonly ResourceChange[],
  changed: readonly ResourceChange[],
  rename: Rename,
): ChangedRole[] {
  const sources = all.filter(({ type }) => TYPES.test(type));
  const altered = sources.filter(
    (change) => alters(change) && policyChanges(change).some(({ kind }) => kind === 'permissions'),
  );
  const follow = (name: string): string => rename(name) ?? name;
  const names = altered.flatMap((change) => [
    ...held(change, 'before').flatMap(({ holders }) => holders.map(follow)),
    ...held(change, 'after').flatMap(({ holders }) => holders),
    ...laterRole(change),
  ]);
  const destroyed = changed.filter(({ type, kind }) => type === 'aws_iam_role' && kind === 'delete');
  const destroyedNames = new Set(destroyed.map(({ before }) => text(before, 'name')));
  const old = byHolder(
    sources.flatMap((change) => held(change, 'before')),
    follow,
  );
  const now = byHolder(sources.flatMap((change) => held(change, 'after')));
  const later = new Set(sources.flatMap(laterRole));
  return [...new Set(names)]
    .filter((name) => !destroyedNames.has(name))
    .map((name): ChangedRole => {
      const [had = [], has = []] = [old.get(name), now.get(name)];
      const managed = has.flatMap((policy) => policy.managed);
      return {
        name,
        before: { texts: had.flatMap(({ texts }) => texts.map(follow)), isLater: false },
        after: { texts: has.flatMap(({ texts }) => texts), isLater: later.has(name) },
        managed,
        gainsManaged: managed.some((arn) => !had.some((policy) => policy.managed.includes(arn))),
      };
    });
}

/** Policies by their holders; `nameOf` maps the name of a holder. */
function byHolder(
  policies: readonly HeldPolicy[],
  nameOf: (holder: string) => string = (holder) => holder,
): ReadonlyMap<string, HeldPolicy[]> {
  const found = new Map<string, HeldPolicy[]>();
  for (const policy of policies)
    for (const name of new Set(policy.holders.map(nameOf)))
      found.set(name, [...(found.get(name) ?? []), policy]);
  return found;
}

function held(change: ResourceChange, which: 'before' | 'after'): HeldPolicy[] {
  const [before, after] = sidesOf(change);
  const side = which === 'before' ? before : after;
  return (side === undefined ? [] : policiesOf(side)).filter(
    ({ kind, place: { of } }) => kind === 'permissions' && /^(name|roles?|role_name)$/.test(of),
  );
}

/** The role whose new policy is known only after apply. */
function laterRole(change: ResourceChange): string[] {
  const isLater = laterPlaces(change).some((place) => place.by === 'policy' && place.kind === 'permissions');
  const role = text(change.after, change.type === 'aws_iam_role' ? 'name' : 'role');
  return isLater && role !== undefined ? [role] : [];
}

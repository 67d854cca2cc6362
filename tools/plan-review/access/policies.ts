import { laterPlaces, policiesOf, type HeldPolicy, sidesOf } from '../../access/held-policies';
import { parsePolicy } from '../../access/policy-document';
import { knownLater, textsAt } from '../../access/values';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { renameBy, type Rename } from '../../terraform/plan/renaming';
import { nameOf, text } from '../section';

export interface PolicyChange {
  readonly change: ResourceChange;
  readonly kind: HeldPolicy['kind'];
  readonly attribute: string;
  /** Names of the roles, buckets or queues of the policy. */
  readonly holders: readonly string[];
  readonly before: HeldPolicy | undefined;
  readonly after: HeldPolicy | undefined;
  readonly isLater: boolean;
}

/** The policies of a resource that change. A policy with a new holder is one removed and one added policy. */
export function policyChanges(
  change: ResourceChange,
  rename: (text: string) => string = (name) => name,
): PolicyChange[] {
  const { unknown } = change;
  const [old = [], now = []] = sidesOf(change).map((side) => side && policiesOf(side));
  const later = laterPlaces(change);
  const places = new Set([...old, ...now].map(({ place }) => place).concat(later));
  return [...places].flatMap((place): PolicyChange[] => {
    const [was, is] = [old, now].map((policies) => policies.find((policy) => policy.place === place));
    const isLater = later.includes(place);
    // AWS computes this policy.
    if (!isLater && is === undefined && knownLater(unknown, place.at) !== undefined) return [];
    const kind = (is ?? was)?.kind ?? (place.by === 'policy' ? place.kind : 'permissions');
    const entry = (one: HeldPolicy | undefined, other: HeldPolicy | undefined): PolicyChange => ({
      change,
      kind,
      before: one,
      after: other,
      isLater: isLater && other === is,
      holders: holdersOf(other ?? one, change),
      attribute: place.at.split('.')[0] ?? place.at,
    });
    const isMoved =
      was !== undefined &&
      is !== undefined &&
      is.holders.length > 0 &&
      was.holders.map(rename).join('\u0000') !== is.holders.join('\u0000');
    if (isMoved) return [entry(was, undefined), entry(undefined, is)];
    return isLater || contentOf(was) !== contentOf(is) ? [entry(was, is)] : [];
  });
}

function holdersOf(policy: HeldPolicy | undefined, change: ResourceChange): readonly string[] {
  if (policy !== undefined && policy.holders.length > 0) return policy.holders;
  const name = nameOf(change);
  return [text(change.after, 'role') ?? name];
}

function contentOf(policy: HeldPolicy | undefined): string | undefined {
  return (
    policy && JSON.stringify([policy.texts, policy.managed, policy.texts.length > 0 || policy.statements])
  );
}

/** The services in the trust policy of each role, by the name of the role. */
export function trustedBy(all: readonly ResourceChange[]): ReadonlyMap<string, string> {
  const roles = all.filter(({ type }) => type === 'aws_iam_role');
  return new Map(
    roles.map(({ before, after }) => {
      const [trust] = [...textsAt(after, 'assume_role_policy'), ...textsAt(before, 'assume_role_policy')];
      const named = (trust === undefined ? [] : (parsePolicy(trust) ?? [])).flatMap(
        ({ Principal }) => Principal ?? [],
      );
      const services = named.filter(({ type }) => type === 'Service').map(({ name }) => name);
      const [role = ''] = textsAt(after ?? before, 'name');
      return [role, [...new Set(services)].join(', ')];
    }),
  );
}

/** As `renameBy`, for texts that may have the new names. */
export function followNames(names: ReadonlyMap<string, string>): Rename {
  const rename = renameBy(names);
  const news = [...names.values()];
  return (given) => (news.some((name) => given?.includes(name)) ? given : rename(given));
}

import { mapParts } from '../terraform/plan/plan-schema';
import type { Attributes, ResourceChange } from '../terraform/plan/plan-format';
import { renameBy, renames } from '../terraform/plan/renaming';
import { resourceType } from '../terraform/resource-types';
import { type Exposure, exposuresOf, guardExposure, type Own, rolesOf, unclassified } from './exposures';
import { grantChanges, grantsOf } from './grants';
import { lastPart, policiesOf, type Side } from './held-policies';
import { knownLater, textsAt } from './values';
import { listed, phrase } from './phrase';

/** Attributes that name the resource that a policy or guard belongs to. */
const HOLDER = ['bucket', 'queue_url', 'arn', 'key_id', 'role', 'name'];

/** The access that the changes of a plan add, and the protection that they remove. */
export function newExposures(
  changes: readonly ResourceChange[],
  own: Own,
): { readonly change: ResourceChange; readonly exposure: Exposure }[] {
  const destroyed = destroyedNames(changes);
  const rename = renameBy(renames(changes));
  return changes.flatMap((change) => {
    const isDestroyed =
      change.kind === 'delete' &&
      HOLDER.some((name) => textsAt(change.before, name).some((holder) => destroyed.has(lastPart(holder))));
    return exposuresOfChange(change, own, isDestroyed, rename).map((exposure) => ({ change, exposure }));
  });
}

function exposuresOfChange(
  { type, before, after, unknown }: ResourceChange,
  own: Own,
  isDestroyed: boolean,
  rename: (text: string) => string,
): Exposure[] {
  if (resourceType(type) === undefined) return [unclassified(type)];
  const old = before && { type, attributes: mapTexts(before, rename) as Attributes };
  const now = after && { type, attributes: after, unknown };
  const known = new Set((old === undefined ? [] : exposuresOf(old, own)).map((each) => JSON.stringify(each)));
  return [
    ...(now === undefined ? [] : exposuresOf(now, own)).filter(
      (exposure) => !/role$|^guard$/.test(exposure.kind) && !known.has(JSON.stringify(exposure)),
    ),
    ...(isDestroyed ? [] : endedProtection(old, now)),
    ...(old === undefined || now === undefined ? [] : otherRoles(old, now)),
  ];
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  return typeof value === 'string' ? map(value) : mapParts(value, (part) => mapTexts(part, map));
}

/** Guards that are removed, weakened or replaced, and actions that are no longer denied. */
function endedProtection(before: Side | undefined, after: Side | undefined): Exposure[] {
  const { type } = before ?? after ?? { type: '' };
  const guards = (resourceType(type)?.access ?? []).flatMap((access) =>
    access.by === 'guard' ? guardExposure(access, before, after) : [],
  );
  const denials = (side: Side | undefined) =>
    (side === undefined ? [] : policiesOf(side))
      // A policy that AWS computes repeats other resources.
      .filter(
        ({ kind, place }) => kind !== 'permissions' && knownLater(after?.unknown, place.at) === undefined,
      )
      .flatMap((policy) => grantsOf(policy, type))
      .filter(({ effect }) => effect === 'Deny');
  const lost = grantChanges(denials(before), denials(after)).removed.flatMap(({ what }) =>
    'name' in what
      ? [what.name]
      : 'allBut' in what
        ? what.allBut.map((action) => `all except ${action}`)
        : [],
  );
  if (lost.length === 0) return guards;
  return [...guards, { kind: 'denial', words: phrase`no longer denies ${listed([...new Set(lost)])}` }];
}

function otherRoles(before: Side, after: Side): Exposure[] {
  const old = new Map(rolesOf(before));
  return rolesOf(after).flatMap(([at, role]): Exposure[] => {
    const was = old.get(at);
    if (was === undefined || was === role) return [];
    return [{ kind: 'other role', words: phrase`changes its role: ${was} → ${role}` }];
  });
}

/** Types of resources that have the name of the resource that they belong to. */
const PART = /_(policy|permission|grant|attachment|access_block|acl|exclusive)$/;

/** Names of destroyed resources, whose policies and guards end with them. */
export function destroyedNames(changes: readonly ResourceChange[]): ReadonlySet<string> {
  const destroyed = changes.filter(({ kind, type }) => kind === 'delete' && !PART.test(type));
  const names = ['name', 'bucket', 'id', 'arn', 'url', 'key_id'].flatMap((name) =>
    destroyed.flatMap(({ before }) => textsAt(before, name).map(lastPart)),
  );
  return new Set(names);
}

import type { Attributes, ResourceChange } from '../terraform/plan/plan-format';
import { resourceType, type Access, type PolicyKind } from '../terraform/resource-types';
import { KNOWN_AFTER_APPLY } from '../terraform/plan/attributes';
import { parsePolicy, type Principal, type Statement } from './policy-document';
import { knownLater, textsAt } from './values';

/** One side of a resource, before or after. */
export interface Side {
  readonly type: string;
  readonly attributes: Attributes;
  /** Marks of what is known only after apply, in the shape of the attributes. @default everything is known */
  readonly unknown?: unknown;
}

/** The sides of a change, undefined for a new or destroyed resource. */
export function sidesOf({
  type,
  before,
  after,
  unknown,
}: ResourceChange): [Side | undefined, Side | undefined] {
  return [before && { type, attributes: before }, after && { type, attributes: after, unknown }];
}

type Place = Extract<Access, { readonly of: string }>;

/** The policy that one attribute of a resource holds. */
export interface HeldPolicy {
  readonly place: Place;
  readonly kind: PolicyKind;
  /** Names of the roles or resources that the policy belongs to. */
  readonly holders: readonly string[];
  /** The JSON documents of the plan; empty when the attribute holds no JSON. */
  readonly texts: readonly string[];
  /** Undefined when one of the texts is not a policy. */
  readonly statements: readonly Statement[] | undefined;
  readonly managed: readonly string[];
}

export function policiesOf(side: Side): HeldPolicy[] {
  return placesOf(side.type).flatMap((access) => {
    const found = textsAt(side.attributes, access.at);
    const later = access.by !== 'policy' && knownLater(side.unknown, access.at) !== undefined;
    const texts = found.length === 0 && later ? [KNOWN_AFTER_APPLY] : found;
    if (texts.length === 0) return [];
    const holders = textsAt(side.attributes, access.of).map(lastPart);
    // An attachment has a place for roles, users and groups each; some are empty.
    if (
      holders.length === 0 &&
      placesOf(side.type).some((other) => other !== access && other.at === access.at)
    )
      return [];
    return [{ place: access, holders, ...contentOf(access, texts, side) }];
  });
}

function placesOf(type: string): Place[] {
  return (resourceType(type)?.access ?? []).filter((access) => 'of' in access);
}

/**
 * Places whose policy is known only after apply. Terraform also marks a policy that AWS computes as unknown: it counts
 * only when it is in the configuration or, without a configuration, when there was a policy before.
 */
export function laterPlaces({ type, kind, before, after, unknown, configured }: ResourceChange): Place[] {
  if (after === undefined) return [];
  return placesOf(type).filter(({ by, at }) => {
    const later = knownLater(unknown, at);
    if (by !== 'policy' || later === undefined || textsAt(after, at).length > 0) return false;
    if (later === 'itself' || at === 'assume_role_policy' || type.endsWith('_policy')) return true;
    const [attribute = at] = at.split('.');
    if (configured.length > 0) return configured.includes(attribute);
    return kind === 'update' && textsAt(before, at).length > 0;
  });
}

function contentOf(
  place: Place,
  found: readonly string[],
  side: Side,
): Omit<HeldPolicy, 'place' | 'holders'> {
  if (place.by === 'managed policy')
    return { kind: 'permissions', texts: [], statements: [], managed: found };
  if (place.by === 'principal')
    return { kind: 'resource', texts: [], statements: [statementFor(found, place, side)], managed: [] };
  const parsed = found.map(parsePolicy);
  const statements = parsed.includes(undefined) ? undefined : parsed.flatMap((each) => each ?? []);
  return { kind: place.kind, texts: found, statements, managed: [] };
}

/** A permission that names a principal, as the policy statement that AWS makes of it. */
function statementFor(
  names: readonly string[],
  place: Place,
  { type, attributes, unknown }: Side,
): Statement {
  const condition = (operator: string, key: string, path: string): [string, Record<string, string[]>][] => {
    const values = textsAt(attributes, path);
    if (values.length > 0) return [[operator, { [key]: values }]];
    return knownLater(unknown, path) === undefined ? [] : [[operator, { [key]: [KNOWN_AFTER_APPLY] }]];
  };
  const service = type.split('_')[1] ?? '';
  return {
    Effect: 'Allow',
    Principal: names.map(principalOf),
    Action: [
      ...['action', 'permission'].flatMap((name) => textsAt(attributes, name)),
      ...textsAt(attributes, 'operations').map((operation) => `${service}:${operation}`),
    ],
    Resource: textsAt(attributes, place.of),
    Condition: Object.fromEntries([
      ...condition('StringEquals', 'aws:SourceAccount', 'source_account'),
      ...condition('ArnLike', 'aws:SourceArn', 'source_arn'),
      ...condition('StringEqualsIgnoreCase', 'aws:PrincipalOrgID', 'principal_org_id'),
      ...condition('StringEqualsIgnoreCase', 'aws:PrincipalOrgID', 'organization_id'),
      ...condition('StringEqualsIgnoreCase', 'aws:PrincipalOrgID', 'condition.value'),
    ]),
  };
}

function principalOf(name: string): Principal {
  const isService = /^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|aws\.internal)$/.test(name);
  return { type: isService ? 'Service' : 'AWS', name };
}

/** The name at the end of an ARN or URL. */
export function lastPart(name: string): string {
  return (
    name
      .split(/[:/]/)
      .filter((part) => part !== '')
      .at(-1) ?? name
  );
}

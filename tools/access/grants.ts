import type { HeldPolicy } from './held-policies';
import { covers, coversAction, type Principal, type Statement } from './policy-document';

/** A name or pattern, or everything except some. */
export type Part = { readonly name: string } | { readonly allBut: readonly string[] };

/** What is granted: an action, a managed policy, or the use of a resource. */
export type Granted = Part | { readonly managedPolicy: string } | { readonly useOf: string };

/** One action on one resource that a policy allows or denies a principal under a condition. */
export interface Grant {
  readonly effect: Statement['Effect'];
  /** The name is '' in a policy of a role. */
  readonly principal: Part;
  readonly what: Granted;
  /** The name is '' in a trust policy. */
  readonly on: Part;
  /** JSON with sorted names; '' without a condition. */
  readonly condition: string;
}

export function grantsOf({ place, statements, managed }: HeldPolicy, type: string): Grant[] {
  const named = (names: readonly string[] = []): Part[] => names.map((name) => ({ name }));
  return [
    ...(statements ?? []).flatMap((statement) => {
      const { Action, NotAction, Resource, NotResource, Condition } = statement;
      const actions: Granted[] = NotAction === undefined ? named(Action) : [{ allBut: NotAction }];
      const condition = Object.keys(Condition).length === 0 ? '' : JSON.stringify(sorted(Condition));
      const resources = NotResource === undefined ? named(Resource) : [{ allBut: NotResource }];
      const whats = place.by === 'principal' && actions.length === 0 ? [{ useOf: type }] : actions;
      return whats.flatMap((what) =>
        (resources.length === 0 ? [{ name: '' }] : resources).flatMap((on) =>
          principalsOf(statement).map((principal): Grant => ({
            effect: statement.Effect,
            principal,
            what,
            on,
            condition,
          })),
        ),
      );
    }),
    ...managed.map((managedPolicy): Grant => ({
      effect: 'Allow',
      principal: { name: '' },
      what: { managedPolicy },
      on: { name: '' },
      condition: '',
    })),
  ];
}

function principalsOf({ Principal, NotPrincipal }: Statement): Part[] {
  if (NotPrincipal !== undefined) return [{ allBut: NotPrincipal.map(nameOf) }];
  return Principal === undefined ? [{ name: '' }] : Principal.map((one) => ({ name: nameOf(one) }));
}

function nameOf({ type, name }: Principal): string {
  return type === 'Service' || type === 'AWS' ? name : `${type} ${name}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}

type Covers = (outer: string, inner: string) => boolean;

function contains(outer: Granted, inner: Granted, within: Covers): boolean {
  if ('name' in outer && 'name' in inner) return within(outer.name, inner.name);
  if ('name' in outer && 'allBut' in inner) return outer.name === '*';
  if ('allBut' in outer && 'name' in inner)
    return !outer.allBut.some((one) => within(one, inner.name) || within(inner.name, one));
  if ('allBut' in outer && 'allBut' in inner)
    return outer.allBut.every((one) => inner.allBut.some((other) => within(other, one)));
  return JSON.stringify(outer) === JSON.stringify(inner);
}

function isWithin(grant: Grant, others: readonly Grant[]): boolean {
  const isSame: Covers = (outer, inner) => outer === inner || outer === '*';
  return others.some(
    (other) =>
      other.effect === grant.effect &&
      contains(other.principal, grant.principal, isSame) &&
      contains(other.what, grant.what, coversAction) &&
      contains(other.on, grant.on, covers) &&
      (other.condition === grant.condition || other.condition === ''),
  );
}

export interface GrantChanges {
  readonly added: readonly Grant[];
  readonly removed: readonly Grant[];
}

/** The grants of each policy that the other policy does not cover. */
export function grantChanges(before: readonly Grant[], after: readonly Grant[]): GrantChanges {
  return {
    added: unique(after).filter((grant) => !isWithin(grant, before)),
    removed: unique(before).filter((grant) => !isWithin(grant, after)),
  };
}

function unique(grants: readonly Grant[]): Grant[] {
  return [...new Map(grants.map((grant) => [JSON.stringify(grant), grant])).values()];
}

/** Whether an action is newly allowed, or no longer denied. */
export function isWidened({ added, removed }: GrantChanges): boolean {
  return added.some(({ effect }) => effect === 'Allow') || removed.some(({ effect }) => effect === 'Deny');
}

/** Whether an action is newly denied, or no longer allowed. */
export function isNarrowed({ added, removed }: GrantChanges): boolean {
  return added.some(({ effect }) => effect === 'Deny') || removed.some(({ effect }) => effect === 'Allow');
}

import type { Access, PolicyKind } from '../terraform/access-table';
import { isHidden } from '../terraform/masking';
import { mapParts } from '../terraform/plan-document';
import type { Attributes, Plan, ResourceChange } from '../terraform/plan-format';
import { renameBy, renames } from '../terraform/renaming';
import { resourceType } from '../terraform/resource-types';
import type { OwnAccounts } from './conditions';
import { grantChanges, grantsOf } from './grants';
import { lastPart, policiesOf, type HeldPolicy, type Side } from './held-policies';
import { networkOpenings } from './network-openings';
import { outsidersOf, type Outsider } from './outsiders';
import { passedRoles, type PassedRoles } from './pass-role';
import type { Statement } from './policy-document';
import { knownLater, OWN_RESOURCE, textsAt, valuesAt } from './values';

/** Access that goes farther than the own account, protection that ends, or what nobody can judge. */
export type Exposure =
  /** Somebody outside of the account can use the resource, or become the role. */
  | {
      readonly kind: 'outsider';
      readonly who: Outsider;
      /** Names of actions; empty when they are not said. */
      readonly may: readonly string[];
      readonly by: PolicyKind;
      readonly statement: string | undefined;
    }
  | { readonly kind: 'open setting'; readonly at: string; readonly value: string }
  | { readonly kind: 'open network'; readonly what: string }
  /** Data goes to an account that is not the project's; undefined when the plan does not say whose it is. */
  | { readonly kind: 'destination'; readonly target: string; readonly account: string | undefined }
  | {
      readonly kind: 'guard';
      /** Attributes that protect no longer. */
      readonly at: readonly string[];
      readonly protects: string;
      readonly now: string;
    }
  /** A policy no longer denies something. */
  | { readonly kind: 'denial'; readonly actions: readonly string[] }
  /** Somebody may do everything; the ARN of the managed policy that says so, if it is one. */
  | {
      readonly kind: 'administrator';
      readonly by: string | undefined;
      readonly statement: string | undefined;
    }
  | ({ readonly kind: 'passed role'; readonly statement: string | undefined } & PassedRoles)
  /** It runs with the permissions of a role that the plan does not hold, or of another one than before. */
  | { readonly kind: 'role'; readonly at: string; readonly role: string; readonly before: string | undefined }
  | { readonly kind: 'existence'; readonly what: string }
  | { readonly kind: 'unclassified'; readonly type: string };

/** What is the project's own. */
export interface Own {
  readonly accounts: OwnAccounts;
  /** Names of its roles, instance profiles and buckets. */
  readonly names: ReadonlySet<string>;
}

/** What the resources of a plan, or of a synthesized stack, call their own. */
export function ownOf(
  resources: readonly { readonly type: string; readonly attributes: Attributes | undefined }[],
  accounts: OwnAccounts,
): Own {
  const named = resources.filter(({ type }) =>
    ['aws_iam_role', 'aws_iam_instance_profile', 'aws_s3_bucket'].includes(type),
  );
  const names = named.flatMap(({ attributes }) =>
    ['name', 'bucket'].flatMap((name) => textsAt(attributes, name)),
  );
  return { accounts, names: new Set(names) };
}

/** What is the project's own in a plan. */
export function ownInPlan({ changes, accounts }: Pick<Plan, 'changes' | 'accounts'>): Own {
  const there = changes.filter(({ kind }) => kind !== 'delete');
  return ownOf(
    there.map(({ type, after, before }) => ({ type, attributes: after ?? before })),
    new Set(accounts),
  );
}

/** What a resource exposes as it is. */
export function exposuresOf(side: Side, own: Own): Exposure[] {
  const known = resourceType(side.type);
  if (known === undefined) return [{ kind: 'unclassified', type: side.type }];
  return joinGuards([
    ...policiesOf(side).flatMap((policy) => policyExposures(policy, own)),
    ...known.access.flatMap((access) => exposuresBy(access, side, own)),
    ...networkOpenings(side)
      .filter(({ isWide }) => isWide)
      .map(({ what }): Exposure => ({ kind: 'open network', what })),
    ...rolesOf(side)
      .filter(([, role]) => !isOwnRole(role, own))
      .map(([at, role]): Exposure => ({ kind: 'role', at, role, before: undefined })),
  ]);
}

const ADMINISTRATOR = /:aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

function policyExposures({ kind, statements = [], managed }: HeldPolicy, own: Own): Exposure[] {
  // What an endpoint lets through is decided once more where it goes.
  if (kind === 'endpoint') return [];
  const administrators = managed
    .filter((arn) => ADMINISTRATOR.test(arn))
    .map((by): Exposure => ({ kind: 'administrator', by, statement: undefined }));
  const exposed = statements.flatMap((statement): Exposure[] => {
    if (kind === 'permissions' && allowsEverything(statement))
      return [{ kind: 'administrator', by: undefined, statement: statement.Sid }];
    const passed = passedRoles(statement);
    const may = [...statement.Action, ...(statement.NotAction ?? []).map((action) => `all but ${action}`)];
    return [
      ...outsidersOf(statement, statements, own.accounts).map((who): Exposure => ({
        kind: 'outsider',
        who,
        may,
        by: kind,
        statement: statement.Sid,
      })),
      ...(passed === undefined
        ? []
        : [{ kind: 'passed role', statement: statement.Sid, ...passed } satisfies Exposure]),
    ];
  });
  return [...administrators, ...exposed];
}

function allowsEverything({ Effect, Action, Resource }: Statement): boolean {
  const isAll = (pattern: string): boolean => /^(\*+|\*:\*)$/.test(pattern);
  return Effect === 'Allow' && Action.some(isAll) && Resource.some(isAll);
}

function exposuresBy(access: Access, { attributes }: Side, own: Own): Exposure[] {
  switch (access.by) {
    case 'setting':
      return valuesAt(attributes, access.at)
        .filter((value) => access.open.includes(value) || isHidden(value))
        .map((value) => ({ kind: 'open setting', at: access.at, value: String(value) }));
    case 'guard':
      return valuesAt(attributes, access.at)
        .filter((value) => value === false || isHidden(value))
        .map((value) => ({
          ...{ kind: 'guard', at: [access.at], protects: access.protects, now: String(value) },
        }));
    case 'destination':
      return textsAt(attributes, access.at).flatMap((target) => destination(target, own));
    case 'existence':
      return [{ kind: 'existence', what: access.what }];
    default:
      return [];
  }
}

/** A target may be an account, an ARN, or JSON that holds ARNs. */
function destination(target: string, own: Own): Exposure[] {
  if (isHidden(target)) return [{ kind: 'destination', target, account: undefined }];
  const arns = /^\d{12}$/.test(target) ? [`arn::::${target}:`] : (target.match(/arn:[^"\s,]+/g) ?? []);
  return arns.flatMap((arn): Exposure[] => {
    const [, , service = '', , account = '', name = ''] = arn.split(':');
    if (/^\d+$/.test(account))
      return own.accounts.has(account) ? [] : [{ kind: 'destination', target, account }];
    return service === 's3' && !own.names.has(name.split('/')[0] ?? name)
      ? [{ kind: 'destination', target, account: undefined }]
      : [];
  });
}

/** Attributes that name the role whose permissions a resource has when it runs. */
const ROLE_NAME =
  /^((iam|service|execution|task|node|pod_execution|user|cloud_watch_logs|service_execution|administration|target)_)?role(_arn)?$/;

function rolesOf({ type, attributes }: Side): [at: string, role: string][] {
  // There the attribute says whose policy it is.
  const isHolder = /^aws_iam_(?!instance_profile)/.test(type);
  const places = [
    ...(isHolder ? [] : Object.keys(attributes).filter((name) => ROLE_NAME.test(name))),
    ...(resourceType(type)?.access ?? []).flatMap((access) => (access.by === 'role' ? [access.at] : [])),
  ];
  return places.flatMap((at) => textsAt(attributes, at).map((role): [string, string] => [at, role]));
}

function isOwnRole(role: string, own: Own): boolean {
  const name = lastPart(role);
  return (
    role.includes(':role/aws-service-role/') || isHidden(role) || name === OWN_RESOURCE || own.names.has(name)
  );
}

/** Attributes that say whose policy or guard a resource is. */
const HOLDER = ['bucket', 'queue_url', 'arn', 'key_id', 'role', 'name'];

/** What the changes of a plan expose, as far as it was not so before, and which protection they end. */
export function newExposures(
  changes: readonly ResourceChange[],
  own: Own,
): { readonly change: ResourceChange; readonly exposure: Exposure }[] {
  const gone = goneNames(changes);
  const rename = renameBy(renames(changes));
  return changes.flatMap((change) => {
    const isGone =
      change.kind === 'delete' &&
      HOLDER.some((name) => textsAt(change.before, name).some((holder) => gone.has(lastPart(holder))));
    return exposuresOfChange(change, own, isGone, rename).map((exposure) => ({ change, exposure }));
  });
}

function exposuresOfChange(
  { type, before, after, unknown }: ResourceChange,
  own: Own,
  isGone: boolean,
  rename: (text: string) => string,
): Exposure[] {
  if (resourceType(type) === undefined) return [{ kind: 'unclassified', type }];
  const sides = {
    before: before && { type, attributes: mapTexts(before, rename) as Attributes },
    after: after && { type, attributes: after, unknown },
  };
  const [old, now] = [sides.before, sides.after].map((side) =>
    side === undefined ? [] : exposuresOf(side, own),
  );
  const known = new Set((old ?? []).map((exposure) => JSON.stringify(exposure)));
  return joinGuards([
    ...(now ?? [])
      .filter(({ kind }) => kind !== 'role')
      .filter((exposure) => !known.has(JSON.stringify(exposure))),
    ...(isGone ? [] : endedProtection(sides.before, sides.after)),
    ...changedRoles(sides.before, sides.after),
  ]);
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  return typeof value === 'string' ? map(value) : mapParts(value, (part) => mapTexts(part, map));
}

/** Several attributes of one guard are one exposure. */
function joinGuards(exposures: readonly Exposure[]): Exposure[] {
  const joined = new Map<string, Exposure>();
  for (const exposure of exposures) {
    const key = JSON.stringify(exposure.kind === 'guard' ? { ...exposure, at: [] } : exposure);
    const other = joined.get(key);
    const isSecond = exposure.kind === 'guard' && other?.kind === 'guard';
    joined.set(key, isSecond ? { ...exposure, at: [...other.at, ...exposure.at] } : exposure);
  }
  return [...joined.values()];
}

/** Guards that are taken away or replaced, and what is no longer denied. */
function endedProtection(before: Side | undefined, after: Side | undefined): Exposure[] {
  if (before === undefined) return [];
  const guards = (resourceType(before.type)?.access ?? []).flatMap((access): Exposure[] => {
    if (access.by !== 'guard') return [];
    const [old] = valuesAt(before.attributes, access.at);
    const [now] = valuesAt(after?.attributes, access.at);
    const isGuard = old === true || (typeof old === 'string' && old !== '');
    if (!isGuard || old === now || now === false) return [];
    const { at, protects } = access;
    return [{ kind: 'guard', at: [at], protects, now: typeof now === 'string' && now !== '' ? now : 'gone' }];
  });
  const denials = (side: Side | undefined) =>
    (side === undefined ? [] : policiesOf(side))
      // What AWS fills in is not known, and says what other resources say.
      .filter(
        ({ kind, place }) => kind !== 'permissions' && knownLater(after?.unknown, place.at) === undefined,
      )
      .flatMap((policy) => grantsOf(policy, before.type))
      .filter(({ effect }) => effect === 'Deny');
  const lost = grantChanges(denials(before), denials(after)).removed;
  if (lost.length === 0) return guards;
  const actions = lost.map(({ what }) =>
    'name' in what ? what.name : `all but ${'allBut' in what ? what.allBut.join(', ') : ''}`,
  );
  return [...guards, { kind: 'denial', actions: [...new Set(actions)] }];
}

function changedRoles(before: Side | undefined, after: Side | undefined): Exposure[] {
  if (before === undefined || after === undefined) return [];
  const old = new Map(rolesOf(before));
  return rolesOf(after).flatMap(([at, role]): Exposure[] => {
    const was = old.get(at);
    return was === undefined || was === role ? [] : [{ kind: 'role', at, role, before: was }];
  });
}

/** Types of what belongs to something else, whose name it has. */
const PART = /_(policy|permission|grant|attachment|access_block|acl|exclusive)$/;

/** Names of what is destroyed, with which its policies and guards go. */
export function goneNames(changes: readonly ResourceChange[]): ReadonlySet<string> {
  const gone = changes.filter(({ kind, type }) => kind === 'delete' && !PART.test(type));
  return new Set(
    gone.flatMap(({ before }) =>
      ['name', 'bucket', 'id', 'arn', 'url', 'key_id'].flatMap((name) => textsAt(before, name).map(lastPart)),
    ),
  );
}

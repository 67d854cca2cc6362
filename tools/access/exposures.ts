import { isHidden } from '../terraform/plan/masking';
import type { Attributes, Plan } from '../terraform/plan/plan-format';
import { resourceType, type Access } from '../terraform/resource-types';
import type { OwnAccounts } from './conditions';
import { lastPart, policiesOf, type HeldPolicy, type Side } from './held-policies';
import { networkOpenings } from './network-openings';
import { outsidersOf } from './outsiders';
import { passedRoles } from './pass-role';
import { listed, say, type Words } from './words';
import { OWN_RESOURCE, textsAt, valuesAt } from './values';

/** Access that goes farther than the own account, protection that ends, or what nobody can check. */
export interface Exposure {
  readonly kind:
    | 'outsider'
    /** A service acts on behalf of any account, although there is a condition; or because there is none in a role's trust. */
    | 'service'
    | 'trusted service'
    | 'open setting'
    | 'open network'
    /** Data goes to an account that is not the project's, or of which the plan does not say whose it is. */
    | 'destination'
    | 'guard'
    /** A policy no longer denies something. */
    | 'denial'
    | 'administrator'
    /** Roles are passed by a pattern; or one, to any service. */
    | 'passed roles'
    | 'passed role'
    /** Runs as a role that the plan does not hold; or as another than before. */
    | 'foreign role'
    | 'other role'
    | 'existence'
    | 'unclassified';
  /** What the resource does: "lets anybody s3:GetObject". */
  readonly words: Words;
  /** Sid of the statement that it is about; undefined when there is none. */
  readonly statement?: string;
}

/** What is the project's own. */
export interface Own {
  readonly accounts: OwnAccounts;
  /** Names of its roles, instance profiles and buckets. */
  readonly names: ReadonlySet<string>;
}

const NAMED = ['aws_iam_role', 'aws_iam_instance_profile', 'aws_s3_bucket'];

/** What the resources of a plan, or of a synthesized stack, call their own. */
export function ownOf(
  resources: readonly { readonly type: string; readonly attributes: Attributes | undefined }[],
  accounts: OwnAccounts,
): Own {
  const named = resources.filter(({ type }) => NAMED.includes(type));
  const names = ['name', 'bucket'].flatMap((name) =>
    named.flatMap(({ attributes }) => textsAt(attributes, name)),
  );
  return { accounts, names: new Set(names) };
}

/** What is the project's own in a plan. */
export function ownInPlan({ changes, accounts }: Pick<Plan, 'changes' | 'accounts'>): Own {
  const stay = changes.filter(({ kind }) => kind !== 'delete');
  return ownOf(
    stay.map(({ type, after, before }) => ({ type, attributes: after ?? before })),
    new Set(accounts),
  );
}

/** What a resource exposes as it is. */
export function exposuresOf(side: Side, own: Own): Exposure[] {
  const known = resourceType(side.type);
  if (known === undefined) return [unclassified(side.type)];
  const openings = networkOpenings(side).filter(({ isWide }) => isWide);
  const foreign = rolesOf(side).filter(([, role]) => !isOwnRole(role, own));
  return [
    ...policiesOf(side).flatMap((policy) => policyExposures(policy, own)),
    ...known.access.flatMap((access) => exposuresBy(access, side, own)),
    ...openings.map(({ what }): Exposure => ({ kind: 'open network', words: say`opens ${what}` })),
    ...foreign.map(([at, role]): Exposure => ({
      kind: 'foreign role',
      words: say`runs as ${role} (${at}), a role that is not in the plan`,
    })),
  ];
}

/** Of a type that the table of resource types does not have. */
export function unclassified(type: string): Exposure {
  return {
    kind: 'unclassified',
    words: say`has the type ${type}, which nobody has classified: it may give access`,
  };
}

const ADMINISTRATOR = /:aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

function policyExposures({ kind, statements = [], managed }: HeldPolicy, own: Own): Exposure[] {
  // What an endpoint lets through is decided again where it goes.
  if (kind === 'endpoint') return [];
  const administrators = managed.filter((arn) => ADMINISTRATOR.test(arn));
  return [
    ...administrators.map((arn): Exposure => ({
      kind: 'administrator',
      words: say`gives permission to do everything (${arn})`,
    })),
    ...statements.flatMap((statement): Exposure[] => {
      const { Effect, Action, NotAction = [], Resource, Sid } = statement;
      const about = { ...(Sid !== undefined && { statement: Sid }) };
      const isAll = (pattern: string): boolean => /^(\*+|\*:\*)$/.test(pattern);
      if (kind === 'permissions' && Effect === 'Allow' && Action.some(isAll) && Resource.some(isAll))
        return [{ kind: 'administrator', words: say`gives permission to do everything`, ...about }];
      const passed = passedRoles(statement);
      const may = [...Action, ...NotAction.map((action) => `all but ${action}`)];
      const what = kind === 'trust' ? say`become it` : may.length === 0 ? say`use it` : listed(may);
      return [
        ...outsidersOf(statement, statements, own.accounts).map(
          ({ kind: who, words, isLimited }): Exposure => {
            const isTrusted = who === 'service' && kind === 'trust' && !isLimited;
            return {
              kind: isTrusted ? 'trusted service' : who === 'service' ? who : 'outsider',
              words: say`lets ${words} ${what}`,
              ...about,
            };
          },
        ),
        ...(passed === undefined ? [] : [{ ...passed, ...about }]),
      ];
    }),
  ];
}

function exposuresBy(access: Access, side: Side, own: Own): Exposure[] {
  const { attributes } = side;
  switch (access.by) {
    case 'setting':
      return valuesAt(attributes, access.at)
        .filter((value) => access.open.includes(value) || isHidden(value))
        .map((value) => ({
          kind: 'open setting',
          words: isHidden(value)
            ? say`may be open to everybody: ${access.at} is marked as sensitive`
            : say`is open to everybody: ${access.at} is ${String(value)}`,
        }));
    case 'guard':
      return guardExposure(access, undefined, side);
    case 'destination':
      return textsAt(attributes, access.at).flatMap((target) => destination(target, own));
    case 'existence':
      return [{ kind: 'existence', words: [`is ${access.what}`] }];
    default:
      return [];
  }
}

/** What no longer protects: switched off, or taken away or replaced since before. */
export function guardExposure(
  { at, protects }: Extract<Access, { by: 'guard' }>,
  before: Side | undefined,
  after: Side | undefined,
): Exposure[] {
  const off = at.flatMap((path): Words[] => {
    const [was] = valuesAt(before?.attributes, path);
    const [now] = valuesAt(after?.attributes, path);
    if (was !== now && (now === false || isHidden(now))) return [say`${path} is ${String(now)}`];
    const isGuard = was === true || (typeof was === 'string' && was !== '');
    if (!isGuard || was === now) return [];
    return [typeof now === 'string' && now !== '' ? say`${path} is ${now}` : say`${path} is gone`];
  });
  if (off.length === 0) return [];
  return [
    {
      kind: 'guard',
      words: [
        `no longer keeps ${protects}: `,
        ...off.flatMap((each, index) => (index === 0 ? each : [', ', ...each])),
      ],
    },
  ];
}

/** A target may be an account, an ARN, or JSON that holds ARNs. */
function destination(target: string, own: Own): Exposure[] {
  const arns = /^\d{12}$/.test(target) ? [`arn::::${target}:`] : (target.match(/arn:[^"\s,]+/g) ?? []);
  const unknown: Exposure = {
    kind: 'destination',
    words: say`sends data to ${target}, whose owner is not in the plan`,
  };
  if (isHidden(target)) return [unknown];
  return arns.flatMap((arn): Exposure[] => {
    const [, , service = '', , account = '', name = ''] = arn.split(':');
    if (/^\d+$/.test(account))
      return own.accounts.has(account)
        ? []
        : [{ kind: 'destination', words: say`sends data to the account ${account} (${target})` }];
    return service === 's3' && !own.names.has(name.split('/')[0] ?? name) ? [unknown] : [];
  });
}

const ROLE_NAME =
  /^((iam|service|execution|task|node|pod_execution|user|cloud_watch_logs|service_execution|administration|target)_)?role(_arn)?$/;

/** The roles whose permissions a resource has when it runs, by the attributes that name them. */
export function rolesOf({ type, attributes }: Side): [at: string, role: string][] {
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

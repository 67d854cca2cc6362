import { isHidden } from '../terraform/plan/masking';
import type { Attributes, Plan } from '../terraform/plan/plan-format';
import { resourceType, type Access } from '../terraform/resource-types';
import { requiredValues, type OwnAccounts } from './conditions';
import { lastPart, policiesOf, type HeldPolicy, type Side } from './held-policies';
import { networkOpenings } from './network-openings';
import { coversAction, type Statement } from './policy-document';
import { externalPrincipals } from './external-principals';
import { listed, phrase, type Phrase } from './phrase';
import { OWN_RESOURCE, textsAt, valuesAt } from './values';

/** Access for external principals, removed protection, or access that cannot be checked. */
export interface Exposure {
  readonly kind:
    | 'external principal'
    /** A service acts on behalf of any account; `trusted service`: in a trust policy without a condition. */
    | 'service'
    | 'trusted service'
    | 'open setting'
    | 'open network'
    /** Data goes to an account that is external or not in the plan. */
    | 'destination'
    | 'guard'
    /** A policy no longer denies an action. */
    | 'denial'
    | 'administrator'
    /** iam:PassRole on a pattern; `passed role`: on named roles, to any service. */
    | 'passed roles'
    | 'passed role'
    /** Runs with a role that is not in the plan; `other role`: that changes. */
    | 'foreign role'
    | 'other role'
    | 'existence'
    | 'unclassified';
  /** The predicate of a sentence about the resource: "grants s3:GetObject to everyone". */
  readonly words: Phrase;
  readonly statement?: string;
}

/** The accounts and resources that belong to the project. */
export interface Own {
  readonly accounts: OwnAccounts;
  /** Names of roles, instance profiles and buckets. */
  readonly names: ReadonlySet<string>;
}

const NAMED = ['aws_iam_role', 'aws_iam_instance_profile', 'aws_s3_bucket'];

/** The accounts and names of a plan's or a synthesized stack's resources. */
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

/** The accounts and names in a plan, without those that it destroys. */
export function ownInPlan({ changes, accounts }: Pick<Plan, 'changes' | 'accounts'>): Own {
  const stay = changes.filter(({ kind }) => kind !== 'delete');
  return ownOf(
    stay.map(({ type, after, before }) => ({ type, attributes: after ?? before })),
    new Set(accounts),
  );
}

/** The exposures of a resource, whether they are new or not. */
export function exposuresOf(side: Side, own: Own): Exposure[] {
  const known = resourceType(side.type);
  if (known === undefined) return [unclassified(side.type)];
  const openings = networkOpenings(side).filter(({ isWide }) => isWide);
  const foreign = rolesOf(side).filter(([, role]) => !isOwnRole(role, own));
  return [
    ...policiesOf(side).flatMap((policy) => policyExposures(policy, own)),
    ...known.access.flatMap((access) => exposuresBy(access, side, own)),
    ...openings.map(({ what }): Exposure => ({ kind: 'open network', words: phrase`opens ${what}` })),
    ...foreign.map(([at, role]): Exposure => ({
      kind: 'foreign role',
      words: phrase`runs with the role ${role} (${at}), which is not in the plan`,
    })),
  ];
}

/** The exposure of a resource whose type is not in resource-types.json. */
export function unclassified(type: string): Exposure {
  return { kind: 'unclassified', words: phrase`has the unclassified type ${type}: it may grant access` };
}

const ADMINISTRATOR = /:aws:policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/;

function policyExposures({ kind, statements = [], managed }: HeldPolicy, own: Own): Exposure[] {
  // The policies of the called service also apply to requests through an endpoint.
  if (kind === 'endpoint') return [];
  const administrators = managed.filter((arn) => ADMINISTRATOR.test(arn));
  return [
    ...administrators.map((arn): Exposure => ({
      kind: 'administrator',
      words: phrase`grants administrative privileges (${arn})`,
    })),
    ...statements.flatMap((statement): Exposure[] => {
      const { Effect, Action, NotAction = [], Resource, Sid } = statement;
      const about = { ...(Sid !== undefined && { statement: Sid }) };
      const isAll = (pattern: string): boolean => /^(\*+|\*:\*)$/.test(pattern);
      if (kind === 'permissions' && Effect === 'Allow' && Action.some(isAll) && Resource.some(isAll))
        return [{ kind: 'administrator', words: phrase`grants full administrative privileges`, ...about }];
      const passed = passedRoles(statement);
      const may = [...Action, ...NotAction.map((action) => `all except ${action}`)];
      return [
        ...externalPrincipals(statement, statements, own.accounts).map(
          ({ kind: who, words, isLimited }): Exposure => {
            const isTrusted = who === 'service' && kind === 'trust' && !isLimited;
            return {
              kind: isTrusted ? 'trusted service' : who === 'service' ? who : 'external principal',
              words: grantTo(words, kind, may),
              ...about,
            };
          },
        ),
        ...(passed === undefined ? [] : [{ ...passed, ...about }]),
      ];
    }),
  ];
}

function grantTo(whom: Phrase, kind: HeldPolicy['kind'], actions: readonly string[]): Phrase {
  if (kind === 'trust') return phrase`can be assumed by ${whom}`;
  return actions.length === 0
    ? phrase`grants access to ${whom}`
    : phrase`grants ${listed(actions)} to ${whom}`;
}

/** The exposure by iam:PassRole; undefined when the statement passes only named roles to named services. */
function passedRoles(statement: Statement): Pick<Exposure, 'kind' | 'words'> | undefined {
  const { Effect, Action, NotAction, Resource, NotResource } = statement;
  const passes = (action: string): boolean => coversAction(action, 'iam:PassRole');
  const mayPass = NotAction === undefined ? Action.some(passes) : !NotAction.some(passes);
  if (Effect !== 'Allow' || !mayPass) return undefined;
  const services = requiredValues(statement, 'iam:passedtoservice');
  const patterns = NotResource ?? Resource.filter((resource) => /[*?]/.test(resource));
  const isToAny = services === undefined || services.some((service) => /[*?]/.test(service));
  const whom = [isToAny ? ' to any service' : ''];
  if (NotResource !== undefined || patterns.length > 0) {
    const except = NotResource === undefined ? '' : 'except ';
    return { kind: 'passed roles', words: ['can pass any role ', except, ...listed(patterns), ...whom] };
  }
  return isToAny ? { kind: 'passed role', words: phrase`can pass a role${whom}` } : undefined;
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
            ? phrase`may be public: ${access.at} is sensitive`
            : phrase`is public: ${access.at} is ${String(value)}`,
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

/** A guard that is off, or that the change removes or replaces. */
export function guardExposure(
  { at, protects }: Extract<Access, { by: 'guard' }>,
  before: Side | undefined,
  after: Side | undefined,
): Exposure[] {
  const off = at.flatMap((path): Phrase[] => {
    const [was] = valuesAt(before?.attributes, path);
    const [now] = valuesAt(after?.attributes, path);
    if (was !== now && (now === false || isHidden(now))) return [phrase`${path} is ${String(now)}`];
    const isGuard = was === true || (typeof was === 'string' && was !== '');
    if (!isGuard || was === now) return [];
    return [typeof now === 'string' && now !== '' ? phrase`${path} is ${now}` : phrase`${path} is removed`];
  });
  if (off.length === 0) return [];
  return [
    {
      kind: 'guard',
      words: [
        `no longer ${protects}: `,
        ...off.flatMap((each, index) => (index === 0 ? each : [', ', ...each])),
      ],
    },
  ];
}

/** The target is an account, an ARN, or JSON with ARNs. */
function destination(target: string, own: Own): Exposure[] {
  const arns = /^\d{12}$/.test(target) ? [`arn::::${target}:`] : (target.match(/arn:[^"\s,]+/g) ?? []);
  const unknown: Exposure = {
    kind: 'destination',
    words: phrase`sends data to ${target}, whose account is not in the plan`,
  };
  if (isHidden(target)) return [unknown];
  return arns.flatMap((arn): Exposure[] => {
    const [, , service = '', , account = '', name = ''] = arn.split(':');
    if (/^\d+$/.test(account))
      return own.accounts.has(account)
        ? []
        : [{ kind: 'destination', words: phrase`sends data to the account ${account} (${target})` }];
    return service === 's3' && !own.names.has(name.split('/')[0] ?? name) ? [unknown] : [];
  });
}

const ROLE_NAME =
  /^((iam|service|execution|task|node|pod_execution|user|cloud_watch_logs|service_execution|administration|target)_)?role(_arn)?$/;

/** The roles that a resource runs with, by the attributes that name them. */
export function rolesOf({ type, attributes }: Side): [at: string, role: string][] {
  // Resources of IAM name the role that they belong to.
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

import { isHidden } from '../terraform/plan/masking';
import {
  hasCondition,
  limitOfAllow,
  limitOfDeny,
  ownerOf,
  selectsIdentities,
  type Limit,
  type OwnAccounts,
} from './conditions';
import { say, type Words } from './words';
import { KNOWN_AFTER_APPLY } from '../terraform/plan/attributes';
import { covers, coversAction, type Principal, type Statement } from './policy-document';

/** A principal outside of the project's account. */
export interface Outsider {
  /** `identities` of a provider; `service`: on behalf of any account; `not in the plan`: unknown. */
  readonly kind: 'everyone' | 'account' | 'organization' | 'identities' | 'service' | 'not in the plan';
  readonly words: Words;
  /** Whether the statement has a condition, which limits nothing. */
  readonly isLimited?: boolean;
}

const EVERYONE: Outsider = { kind: 'everyone', words: say`everyone` };
const account = (id: string): Outsider => ({ kind: 'account', words: say`the account ${id}` });

/** The external principals that a statement allows, after the conditions and Deny statements of its policy. */
export function outsidersOf(
  statement: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
): Outsider[] {
  if (statement.Effect !== 'Allow') return [];
  const named = statement.NotPrincipal === undefined ? (statement.Principal ?? []) : [ALL_PRINCIPALS];
  return named
    .flatMap((principal) => withoutCondition(principal, statement, own))
    .flatMap((outsider) => limited(outsider, limitsOf(statement, policy, own, outsider), own));
}

const ALL_PRINCIPALS: Principal = { type: 'AWS', name: '*' };

function withoutCondition({ type, name }: Principal, statement: Statement, own: OwnAccounts): Outsider[] {
  if (name === KNOWN_AFTER_APPLY || isHidden(name))
    return [{ kind: 'not in the plan', words: say`a principal that is not in the plan` }];
  if (type === 'Service')
    return name.includes('*')
      ? [EVERYONE]
      : [
          {
            kind: 'service',
            words: say`${name} on behalf of any account`,
            isLimited: hasCondition(statement),
          },
        ];
  if (type === 'Federated') return federated(name, statement, own);
  if (type === 'CanonicalUser') return [account(name)];
  if (/^\d+$/.test(name)) return own.has(name) ? [] : [account(name)];
  const owner = ownerOf(name);
  if (owner !== undefined && owner !== '') return own.has(owner) ? [] : [account(owner)];
  return /[*?]/.test(name) ? [EVERYONE] : [];
}

function federated(name: string, statement: Statement, own: OwnAccounts): Outsider[] {
  const owner = ownerOf(name);
  if (owner !== undefined && own.size > 0 && !own.has(owner)) return [account(owner)];
  // The owner of a SAML directory selects its users.
  if (name.includes(':saml-provider/')) return [];
  const provider = name.replace(/^.*:oidc-provider\//, '');
  return selectsIdentities(statement, provider)
    ? []
    : [{ kind: 'identities', words: say`all identities of ${provider}` }];
}

function limitsOf(
  allow: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
  { kind }: Outsider,
): (Limit | undefined)[] {
  const denials = policy.filter((statement) => statement.Effect === 'Deny' && deniesAllOf(statement, allow));
  return [
    limitOfAllow(allow, own, kind === 'service'),
    ...denials.map((denial): Limit | undefined => {
      const isAllOthers = denial.NotPrincipal?.every(({ name }) => isOwn(name, own)) === true;
      if (isAllOthers) return hasCondition(denial) ? undefined : { to: 'own account' };
      return denial.Principal?.some(({ name }) => name === '*')
        ? limitOfDeny(denial, own, kind === 'service')
        : undefined;
    }),
  ];
}

function isOwn(name: string, own: OwnAccounts): boolean {
  return own.has(name) || own.has(ownerOf(name) ?? '');
}

function deniesAllOf(denial: Statement, { Action, Resource }: Statement): boolean {
  return (
    Action.length > 0 &&
    Action.every((action) => denial.Action.some((denied) => coversAction(denied, action))) &&
    Resource.every((resource) => denial.Resource.some((denied) => covers(denied, resource)))
  );
}

function limited(outsider: Outsider, limits: readonly (Limit | undefined)[], own: OwnAccounts): Outsider[] {
  const to = (kind: Limit['to']) => limits.find((limit) => limit?.to === kind);
  if (outsider.kind === 'identities' || outsider.kind === 'not in the plan') return [outsider];
  if (to('own account')) return [];
  if (outsider.kind === 'account') return [outsider];
  if (to('network')) return [];
  const [named, organization] = [to('accounts'), to('organization')];
  if (named?.to === 'accounts') {
    // Without an account in the plan, the named account may be the project's.
    if (outsider.kind === 'service' && own.size === 0) return [];
    return named.ids.map(account);
  }
  if (organization?.to !== 'organization') return [outsider];
  return outsider.kind === 'service'
    ? []
    : organization.ids.map((id) => ({
        kind: 'organization',
        words: say`all accounts of the organization ${id}`,
      }));
}

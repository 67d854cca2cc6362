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
import { phrase, type Phrase } from './phrase';
import { KNOWN_AFTER_APPLY } from '../terraform/plan/attributes';
import { covers, coversAction, type Principal, type Statement } from './policy-document';

export interface ExternalPrincipal {
  /** `identities` of a provider; `service`: on behalf of any account; `not in the plan`: unknown. */
  readonly kind: 'everyone' | 'account' | 'organization' | 'identities' | 'service' | 'not in the plan';
  readonly words: Phrase;
  /** Whether the statement has a condition, which limits nothing. */
  readonly isLimited?: boolean;
}

const EVERYONE: ExternalPrincipal = { kind: 'everyone', words: phrase`everyone` };
const account = (id: string): ExternalPrincipal => ({ kind: 'account', words: phrase`the account ${id}` });

/** The external principals that a statement allows, after the conditions and Deny statements of its policy. */
export function externalPrincipals(
  statement: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
): ExternalPrincipal[] {
  if (statement.Effect !== 'Allow') return [];
  const named = statement.NotPrincipal === undefined ? (statement.Principal ?? []) : [ALL_PRINCIPALS];
  return named
    .flatMap((principal) => withoutCondition(principal, statement, own))
    .flatMap((external) => limited(external, limitsOf(statement, policy, own, external), own));
}

const ALL_PRINCIPALS: Principal = { type: 'AWS', name: '*' };

function withoutCondition(
  { type, name }: Principal,
  statement: Statement,
  own: OwnAccounts,
): ExternalPrincipal[] {
  if (name === KNOWN_AFTER_APPLY || isHidden(name))
    return [{ kind: 'not in the plan', words: phrase`a principal that is not in the plan` }];
  if (type === 'Service')
    return name.includes('*')
      ? [EVERYONE]
      : [
          {
            kind: 'service',
            words: phrase`${name} on behalf of any account`,
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

function federated(name: string, statement: Statement, own: OwnAccounts): ExternalPrincipal[] {
  const owner = ownerOf(name);
  if (owner !== undefined && own.size > 0 && !own.has(owner)) return [account(owner)];
  // The owner of a SAML directory selects its users.
  if (name.includes(':saml-provider/')) return [];
  const provider = name.replace(/^.*:oidc-provider\//, '');
  return selectsIdentities(statement, provider)
    ? []
    : [{ kind: 'identities', words: phrase`all identities of ${provider}` }];
}

function limitsOf(
  allow: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
  { kind }: ExternalPrincipal,
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

function limited(
  external: ExternalPrincipal,
  limits: readonly (Limit | undefined)[],
  own: OwnAccounts,
): ExternalPrincipal[] {
  const to = (kind: Limit['to']) => limits.find((limit) => limit?.to === kind);
  if (external.kind === 'identities' || external.kind === 'not in the plan') return [external];
  if (to('own account')) return [];
  if (external.kind === 'account') return [external];
  if (to('network')) return [];
  const [named, organization] = [to('accounts'), to('organization')];
  if (named?.to === 'accounts') {
    // Without an account in the plan, the named account may be the project's.
    if (external.kind === 'service' && own.size === 0) return [];
    return named.ids.map(account);
  }
  if (organization?.to !== 'organization') return [external];
  return external.kind === 'service'
    ? []
    : organization.ids.map((id) => ({
        kind: 'organization',
        words: phrase`all accounts of the organization ${id}`,
      }));
}

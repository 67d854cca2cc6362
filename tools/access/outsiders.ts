import { isHidden } from '../terraform/masking';
import {
  hasCondition,
  limitOfAllow,
  limitOfDeny,
  ownerOf,
  picksIdentities,
  type Limit,
  type OwnAccounts,
} from './conditions';
import { covers, coversAction, NOT_IN_PLAN, type Principal, type Statement } from './policy-document';

/** Somebody outside of the project's account. */
export type Outsider =
  | { readonly kind: 'anybody' }
  /** An account's number, or the canonical id of an account of S3. */
  | { readonly kind: 'account'; readonly id: string }
  | { readonly kind: 'organization'; readonly id: string }
  /** Everybody who has an identity of the provider. */
  | { readonly kind: 'identities'; readonly provider: string }
  /** A service, on behalf of whoever asks it to. */
  | { readonly kind: 'service'; readonly name: string; readonly hasCondition: boolean }
  /** A value that is known only after apply, or marked as sensitive. */
  | { readonly kind: 'not in the plan' };

/** Who outside of the account can make use of a statement of the policy, conditions and denials considered. */
export function outsidersOf(
  statement: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
): Outsider[] {
  if (statement.Effect !== 'Allow') return [];
  const named = statement.NotPrincipal === undefined ? (statement.Principal ?? []) : [EVERYBODY];
  return named
    .flatMap((principal) => withoutCondition(principal, statement, own))
    .flatMap((outsider) => limited(outsider, limitsOf(statement, policy, own, outsider), own));
}

const EVERYBODY: Principal = { type: 'AWS', name: '*' };

function withoutCondition({ type, name }: Principal, statement: Statement, own: OwnAccounts): Outsider[] {
  if (name === NOT_IN_PLAN || isHidden(name)) return [{ kind: 'not in the plan' }];
  if (type === 'Service')
    return name.includes('*')
      ? [{ kind: 'anybody' }]
      : [{ kind: 'service', name, hasCondition: hasCondition(statement) }];
  if (type === 'Federated') return federated(name, statement, own);
  if (type === 'CanonicalUser') return [{ kind: 'account', id: name }];
  if (/^\d+$/.test(name)) return own.has(name) ? [] : [{ kind: 'account', id: name }];
  const owner = ownerOf(name);
  if (owner !== undefined && owner !== '') return own.has(owner) ? [] : [{ kind: 'account', id: owner }];
  return /[*?]/.test(name) ? [{ kind: 'anybody' }] : [];
}

function federated(name: string, statement: Statement, own: OwnAccounts): Outsider[] {
  const owner = ownerOf(name);
  if (owner !== undefined && own.size > 0 && !own.has(owner)) return [{ kind: 'account', id: owner }];
  // Who is in it is up to the company that runs it.
  if (name.includes(':saml-provider/')) return [];
  const provider = name.replace(/^.*:oidc-provider\//, '');
  return picksIdentities(statement, provider) ? [] : [{ kind: 'identities', provider }];
}

function limitsOf(
  allow: Statement,
  policy: readonly Statement[],
  own: OwnAccounts,
  { kind }: Outsider,
): (Limit | undefined)[] {
  const denials = policy.filter((statement) => statement.Effect === 'Deny' && deniesAllOf(statement, allow));
  return [
    limitOfAllow(allow, own),
    ...denials.map((denial): Limit | undefined => {
      const isEverybodyElse = denial.NotPrincipal?.every(({ name }) => isOwn(name, own)) === true;
      if (isEverybodyElse) return hasCondition(denial) ? undefined : { to: 'own account' };
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
    // A service acts for the account that is named; which one is its own the plan may not say.
    if (outsider.kind === 'service' && own.size === 0) return [];
    return named.ids.map((id) => ({ kind: 'account', id }));
  }
  if (organization?.to !== 'organization') return [outsider];
  return outsider.kind === 'service' ? [] : organization.ids.map((id) => ({ kind: 'organization', id }));
}

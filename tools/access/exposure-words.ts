import type { Exposure } from './exposures';
import type { Outsider } from './outsiders';

/** More actions are counted. */
const MAX_ACTIONS = 3;

/**
 * What an exposure is, as what the resource does: "lets anybody s3:GetObject".
 *
 * @param quote how texts of the plan are written
 */
export function describeExposure(
  exposure: Exposure,
  quote: (text: string) => string = (text) => text,
): string {
  switch (exposure.kind) {
    case 'outsider':
      return outsider(exposure, quote);
    case 'open setting':
      return `is open to everybody: ${quote(exposure.at)} is ${quote(exposure.value)}`;
    case 'open network':
      return `opens ${quote(exposure.what)}`;
    case 'destination':
      return exposure.account === undefined
        ? `sends data to ${quote(exposure.target)}, whose owner is not in the plan`
        : `sends data to the account ${quote(exposure.account)}: ${quote(exposure.target)}`;
    case 'guard':
      return `no longer keeps ${exposure.protects}: ${exposure.at.map(quote).join(', ')} ${exposure.at.length === 1 ? 'is' : 'are'} ${quote(exposure.now)}`;
    case 'denial':
      return `no longer denies ${listed(exposure.actions, quote)}`;
    case 'administrator':
      return `gives permission to do everything${exposure.by === undefined ? '' : ` (${quote(exposure.by)})`}`;
    case 'passed role': {
      const roles =
        exposure.patterns.length === 0 ? 'a role' : `any role ${exposure.patterns.map(quote).join(', ')}`;
      return `passes ${roles}${exposure.isToAnyService ? ' to any service' : ''}`;
    }
    case 'role':
      return exposure.before === undefined
        ? `runs as ${quote(exposure.role)} (${quote(exposure.at)}), a role that is not in the plan`
        : `runs as another role: ${quote(exposure.before)} → ${quote(exposure.role)}`;
    case 'existence':
      return `is ${exposure.what}`;
    case 'unclassified':
      return `has the type ${quote(exposure.type)}, which nobody has classified: it may give access`;
  }
}

type Quote = (text: string) => string;

function outsider({ who, may, by }: Extract<Exposure, { kind: 'outsider' }>, quote: Quote): string {
  const what = by === 'trust' ? 'become it' : may.length === 0 ? 'use it' : listed(may, quote);
  return `lets ${nameOf(who, quote)} ${what}`;
}

function nameOf(who: Outsider, quote: Quote): string {
  switch (who.kind) {
    case 'anybody':
      return 'anybody';
    case 'account':
      return `the account ${quote(who.id)}`;
    case 'organization':
      return `all accounts of the organization ${quote(who.id)}`;
    case 'identities':
      return `everybody with an identity of ${quote(who.provider)}`;
    case 'service':
      return `${quote(who.name)}, on behalf of any account,`;
    case 'not in the plan':
      return 'somebody whom the plan does not name';
  }
}

function listed(actions: readonly string[], quote: Quote): string {
  const first = actions.slice(0, MAX_ACTIONS).map(quote).join(', ');
  return actions.length > MAX_ACTIONS ? `${first} and ${actions.length - MAX_ACTIONS} more` : first;
}

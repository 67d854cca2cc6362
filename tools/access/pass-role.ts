import { requiredValues } from './conditions';
import { coversAction, type Statement } from './policy-document';

/** Roles that a statement lets somebody pass, and to which services. */
export interface PassedRoles {
  /** Patterns of several roles; empty when each role is named. */
  readonly patterns: readonly string[];
  readonly isToAnyService: boolean;
}

/** How far a statement lets roles be passed; undefined when only named roles to named services, or none. */
export function passedRoles(statement: Statement): PassedRoles | undefined {
  const { Effect, Action, NotAction, Resource, NotResource } = statement;
  const passes = (action: string): boolean => coversAction(action, 'iam:PassRole');
  const mayPass = NotAction === undefined ? Action.some(passes) : !NotAction.some(passes);
  if (Effect !== 'Allow' || !mayPass) return undefined;
  const services = requiredValues(statement, 'iam:passedtoservice');
  const patterns =
    NotResource === undefined
      ? Resource.filter((resource) => /[*?]/.test(resource))
      : [`everything but ${NotResource.join(', ')}`];
  const isToAnyService = services === undefined || services.some((service) => /[*?]/.test(service));
  return patterns.length === 0 && !isToAnyService ? undefined : { patterns, isToAnyService };
}

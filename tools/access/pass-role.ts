import { requiredValues } from './conditions';
import { coversAction, type Statement } from './policy-document';
import { listed, say, type Words } from './words';

interface PassedRole {
  readonly kind: 'passed roles' | 'passed role';
  readonly words: Words;
}

/** How far a statement lets roles be passed; undefined when only named roles to named services, or none. */
export function passedRoles(statement: Statement): PassedRole | undefined {
  const { Effect, Action, NotAction, Resource, NotResource } = statement;
  const passes = (action: string): boolean => coversAction(action, 'iam:PassRole');
  const mayPass = NotAction === undefined ? Action.some(passes) : !NotAction.some(passes);
  if (Effect !== 'Allow' || !mayPass) return undefined;
  const services = requiredValues(statement, 'iam:passedtoservice');
  const patterns = NotResource ?? Resource.filter((resource) => /[*?]/.test(resource));
  const isToAny = services === undefined || services.some((service) => /[*?]/.test(service));
  const whom = [isToAny ? ' to any service' : ''];
  if (NotResource !== undefined || patterns.length > 0) {
    const except = NotResource === undefined ? '' : 'but ';
    return { kind: 'passed roles', words: ['passes any role ', except, ...listed(patterns), ...whom] };
  }
  return isToAny ? { kind: 'passed role', words: say`passes a role${whom}` } : undefined;
}

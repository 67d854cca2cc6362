import type { PermissionRequest } from '../../../stacks/permission-matrix/declaration';
import { accessLevel, LEVELS } from './action-data';
import { NOT_IN_PLAN, type DeclaredRole } from './declared-roles';
import { covers, grantsOf } from './policy-grants';
import type { Rename } from '../../terraform/renaming';
import { isAllowed } from './request-evaluation';
import type { ChangedRole, InlinePolicies } from './role-policies';

export type Answer = 'allowed' | 'refused' | 'not known';

/**
 * What a plan can do to a declared request, the riskiest first: against the declaration because of the plan, or in a
 * role that is new; against it as before; not to be told; no longer allowed, and needed only with a setting; as
 * declared, which it was not; as declared.
 */
const STANDINGS = ['broken', 'broken before', 'not known', 'given up', 'mended', 'held'] as const;

export type Standing = (typeof STANDINGS)[number];

/** A declared request and how IAM answers it before and after. */
export interface DeclaredAnswer {
  readonly request: PermissionRequest;
  readonly declared: 'must' | 'must not';
  readonly before: Answer;
  readonly after: Answer;
  readonly standing: Standing;
}

/** AWS takes 10,240 characters of inline policies, white space not counted. */
const LONGEST_POLICIES = 20_480;

/** More wildcards in one text than this take longer to match than a review should. */
const MOST_WILDCARDS = 8;

/** How IAM answers every request that is declared for the role, the riskiest first. */
export async function declaredAnswers(
  role: ChangedRole,
  { arn, declaration }: DeclaredRole,
  rename: Rename,
): Promise<DeclaredAnswer[]> {
  const [old, now] = [evaluator(arn, role.before, false), evaluator(arn, role.after, role.gainsManaged)];
  const isNew = role.before.texts.length === 0;
  const judge =
    (declared: DeclaredAnswer['declared']) =>
    async (given: PermissionRequest): Promise<DeclaredAnswer> => {
      const request = renamed(given, rename);
      const [before, after] = [await old(request), await now(request)];
      const answer = { request, declared, before, after };
      return { ...answer, standing: standing(answer, isNew) };
    };
  const may = await Promise.all(declaration.may.map(judge('must')));
  return byRisk([...may, ...(await Promise.all(declaration.mayNot.map(judge('must not'))))]);
}

/** What is broken first, and of that what changes permissions or data before what reads. */
async function byRisk(answers: readonly DeclaredAnswer[]): Promise<DeclaredAnswer[]> {
  const ranked = await Promise.all(
    answers.map(async (answer) => ({
      answer,
      standing: STANDINGS.indexOf(answer.standing),
      level: LEVELS.indexOf(await accessLevel(answer.request.action)),
    })),
  );
  return ranked.sort((a, b) => a.standing - b.standing || a.level - b.level).map(({ answer }) => answer);
}

function standing(
  { request, declared, before, after }: Omit<DeclaredAnswer, 'standing'>,
  isNew: boolean,
): Standing {
  if (after === 'not known') return 'not known';
  const isAsDeclared = (after === 'allowed') === (declared === 'must');
  const isChange = !isNew && before !== after && before !== 'not known';
  if (isAsDeclared) return isChange ? 'mended' : 'held';
  if (declared === 'must' && request.setting !== undefined) return isChange ? 'given up' : 'held';
  return isNew || before !== after ? 'broken' : 'broken before';
}

/** What is declared about something follows it to its new name. */
function renamed(request: PermissionRequest, rename: Rename): PermissionRequest {
  const follow = (given: string): string => rename(given) ?? given;
  const context = Object.entries(request.context ?? {}).map(([key, value]): [string, string] => [
    key,
    follow(value),
  ]);
  return { ...request, resource: follow(request.resource), context: Object.fromEntries(context) };
}

/** @param hasMore whether other policies, which nobody knows, may allow what these do not */
function evaluator(
  arn: string,
  { texts, isLater }: InlinePolicies,
  hasMore: boolean,
): (request: PermissionRequest) => Promise<Answer> {
  const policies = isLater ? undefined : readPolicies(texts);
  return async (request) => {
    if (policies === undefined) return 'not known';
    try {
      if (JSON.stringify(request).includes(NOT_IN_PLAN)) {
        if (await mayAllow(texts, request.action)) return 'not known';
      } else if (await isAllowed({ arn, policies }, request)) return 'allowed';
    } catch {
      // What IAM would not take as a policy answers nothing.
      return 'not known';
    }
    return hasMore ? 'not known' : 'refused';
  };
}

/** Whether a policy allows the action on anything: where none does, the resource need not be known. */
async function mayAllow(texts: readonly string[], action: string): Promise<boolean> {
  const grants = await Promise.all(
    texts.map((text) => grantsOf(text, (pattern) => Promise.resolve([pattern]))),
  );
  return grants.some(
    (list) =>
      list?.some(
        (grant) =>
          grant.effect === 'Allow' &&
          (grant.action.includes(' ') || covers(grant.action.toLowerCase(), action.toLowerCase())),
      ) ?? true,
  );
}

function readPolicies(texts: readonly string[]): unknown[] | undefined {
  const all = texts.join('');
  if (all.length > LONGEST_POLICIES) return undefined;
  if (all.split('"').some((part) => part.split('*').length > MOST_WILDCARDS + 1)) return undefined;
  try {
    return texts.map((text): unknown => JSON.parse(text));
  } catch {
    return undefined;
  }
}

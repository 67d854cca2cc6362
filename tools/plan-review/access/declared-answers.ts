import type { PermissionRequest } from '../../../stacks/permission-matrix/declaration';
import { coversAction, parsePolicy } from '../../access/policy-document';
import { accessLevel, LEVELS } from './action-data';
import { NOT_IN_PLAN, type DeclaredRole } from './declared-roles';
import type { Rename } from '../../terraform/plan/renaming';
import { isAllowed } from './request-evaluation';
import type { ChangedRole, InlinePolicies } from './role-policies';

export type Answer = 'allowed' | 'refused' | 'not known';

/** What a plan does to a declared request, the riskiest first. */
const COMPLIANCE = [
  /** Against the declaration because of the plan, or in a role that is new. */
  'regressed',
  /** Against the declaration, as before. */
  'pre-existing',
  'unknown',
  /** No longer allowed, and needed only with a setting. */
  'dropped',
  /** As declared, which it was not before. */
  'fixed',
  'compliant',
] as const;

export type Compliance = (typeof COMPLIANCE)[number];

/** A declared request and how IAM answers it before and after. */
export interface DeclaredAnswer {
  readonly request: PermissionRequest;
  readonly declared: 'must' | 'must not';
  readonly before: Answer;
  readonly after: Answer;
  readonly compliance: Compliance;
}

/** AWS takes 10,240 characters of inline policies, white space not counted. */
const MAX_POLICY_CHARACTERS = 20_480;

/** More wildcards in one text than this take longer to match than a review should. */
const MAX_WILDCARDS = 8;

/** How IAM answers every request that is declared for the role, the riskiest first. */
export async function declaredAnswers(
  role: ChangedRole,
  { arn, declaration }: DeclaredRole,
  rename: Rename,
): Promise<DeclaredAnswer[]> {
  const [old, now] = [evaluator(arn, role.before, false), evaluator(arn, role.after, role.gainsManaged)];
  const isNew = role.before.texts.length === 0;
  const check =
    (declared: DeclaredAnswer['declared']) =>
    async (given: PermissionRequest): Promise<DeclaredAnswer> => {
      const request = renamed(given, rename);
      const [before, after] = [await old(request), await now(request)];
      const answer = { request, declared, before, after };
      return { ...answer, compliance: complianceOf(answer, isNew) };
    };
  const may = await Promise.all(declaration.may.map(check('must')));
  return byRisk([...may, ...(await Promise.all(declaration.mayNot.map(check('must not'))))]);
}

/** What regresses first, and of that what changes permissions or data before what reads. */
async function byRisk(answers: readonly DeclaredAnswer[]): Promise<DeclaredAnswer[]> {
  const ranked = await Promise.all(
    answers.map(async (answer) => ({
      answer,
      compliance: COMPLIANCE.indexOf(answer.compliance),
      level: LEVELS.indexOf(await accessLevel(answer.request.action)),
    })),
  );
  return ranked.sort((a, b) => a.compliance - b.compliance || a.level - b.level).map(({ answer }) => answer);
}

function complianceOf(
  { request, declared, before, after }: Omit<DeclaredAnswer, 'compliance'>,
  isNew: boolean,
): Compliance {
  if (after === 'not known') return 'unknown';
  const isAsDeclared = (after === 'allowed') === (declared === 'must');
  const isChange = !isNew && before !== after && before !== 'not known';
  if (isAsDeclared) return isChange ? 'fixed' : 'compliant';
  if (declared === 'must' && request.setting !== undefined) return isChange ? 'dropped' : 'compliant';
  return isNew || before !== after ? 'regressed' : 'pre-existing';
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

/** @param hasMore whether other policies, which are not in the plan, may allow what these do not */
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
        if (mayAllow(texts, request.action)) return 'not known';
      } else if (await isAllowed({ arn, policies }, request)) return 'allowed';
    } catch {
      // What IAM would not take as a policy answers nothing.
      return 'not known';
    }
    return hasMore ? 'not known' : 'refused';
  };
}

/** Whether a policy allows the action on anything: where none does, the resource need not be known. */
function mayAllow(texts: readonly string[], action: string): boolean {
  return texts.some(
    (text) =>
      parsePolicy(text)?.some(
        ({ Effect, Action, NotAction }) =>
          Effect === 'Allow' &&
          (NotAction === undefined
            ? Action.some((pattern) => coversAction(pattern, action))
            : !NotAction.some((pattern) => coversAction(pattern, action))),
      ) ?? true,
  );
}

function readPolicies(texts: readonly string[]): unknown[] | undefined {
  const all = texts.join('');
  if (all.length > MAX_POLICY_CHARACTERS) return undefined;
  if (all.split('"').some((part) => part.split('*').length > MAX_WILDCARDS + 1)) return undefined;
  try {
    return texts.map((text): unknown => JSON.parse(text));
  } catch {
    return undefined;
  }
}

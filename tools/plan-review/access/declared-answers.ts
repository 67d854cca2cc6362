import type { PermissionRequest } from '../../../stacks/permission-matrix/declaration';
import { coversAction, parsePolicy } from '../../access/policy-document';
import { accessLevel, LEVELS } from './action-data';
import { NOT_IN_PLAN, type DeclaredRole } from './declared-roles';
import type { Rename } from '../../terraform/plan/renaming';
import { isAllowed } from './request-evaluation';
import type { ChangedRole, InlinePolicies } from './role-policies';

export type Answer = 'allowed' | 'denied' | 'not known';

/** The effect of a plan on a declared request, the riskiest first. */
const COMPLIANCE = [
  /** Against the declaration because of the plan, or in a role that is new. */
  'regressed',
  /** Against the declaration, as before. */
  'pre-existing',
  'unknown',
  /** No longer allowed, and required only by a setting. */
  'dropped',
  /** As declared, and not before. */
  'fixed',
  'compliant',
] as const;

export type Compliance = (typeof COMPLIANCE)[number];

export interface DeclaredAnswer {
  readonly request: PermissionRequest;
  readonly declared: Exclude<Answer, 'not known'>;
  readonly before: Answer;
  readonly after: Answer;
  readonly compliance: Compliance;
}

/** The quota of IAM is 10,240 characters of inline policies, without white space. */
const MAX_POLICY_CHARACTERS = 20_480;

/** More wildcards in one text take too long to match. */
const MAX_WILDCARDS = 8;

/** Evaluates every request that is declared for the role, the riskiest first. */
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
  const may = await Promise.all(declaration.may.map(check('allowed')));
  return byRisk([...may, ...(await Promise.all(declaration.mayNot.map(check('denied'))))]);
}

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
  const isChange = !isNew && before !== after && before !== 'not known';
  if (after === declared) return isChange ? 'fixed' : 'compliant';
  if (declared === 'allowed' && request.setting !== undefined) return isChange ? 'dropped' : 'compliant';
  return isNew || before !== after ? 'regressed' : 'pre-existing';
}

/** The request with the new names of replaced resources. */
function renamed(request: PermissionRequest, rename: Rename): PermissionRequest {
  const follow = (given: string): string => rename(given) ?? given;
  const context = Object.entries(request.context ?? {}).map(([key, value]): [string, string] => [
    key,
    follow(value),
  ]);
  return { ...request, resource: follow(request.resource), context: Object.fromEntries(context) };
}

/** @param hasMore whether policies that are not in the plan may allow further requests */
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
      // Not a valid policy.
      return 'not known';
    }
    return hasMore ? 'not known' : 'denied';
  };
}

/** Whether a policy allows the action on any resource. */
function mayAllow(texts: readonly string[], action: string): boolean {
  return texts.some(
    (text) =>
      parsePolicy(text)?.some(
        ({ Effect, Action, NotAction }) =>
          Effect === 'Allow' &&
          (NotAction ?? Action).some((pattern) => coversAction(pattern, action)) ===
            (NotAction === undefined),
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

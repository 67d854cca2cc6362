import type { Configuration } from './configuration';
import { conditionKeys, statementsOf, typesWith, type PolicyKind, type Statement } from './policy-statements';
import { eachResource, type Rule } from './rule';

/** A rule over each statement of the policies of some kinds. */
function eachStatement(
  name: string,
  demand: string,
  kinds: readonly PolicyKind[],
  judge: (statement: Statement) => readonly string[],
): Rule {
  const check = ({ resources }: Configuration) =>
    resources.flatMap((resource) =>
      kinds.flatMap((kind) =>
        (statementsOf(resource, kind) ?? []).flatMap((statement) =>
          judge(statement).map((problem) => ({ resource, problem, statement: statement.Sid ?? '(no Sid)' })),
        ),
      ),
    );
  return { name, demand, check };
}

const ALL: readonly PolicyKind[] = ['permissions', 'trust', 'resource'];

/** Whether an action of a policy, which may hold wildcards, covers the action `name`. */
function covers(pattern: string, name: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(name);
}

/** What a role, or somebody else, may do. */
export const PERMISSION_RULES: readonly Rule[] = [
  eachResource(
    'policy-readable',
    'Every policy is a JSON document that is known before apply.',
    ALL.flatMap(typesWith),
    (resource) =>
      ALL.every((kind) => statementsOf(resource, kind) !== undefined)
        ? []
        : ['its policy cannot be read as an IAM policy document: write it as JSON with known keys'],
  ),
  eachStatement(
    'wildcard-action',
    'No statement allows actions by a wildcard.',
    ['permissions', 'resource'],
    ({ Effect, Action }) =>
      Action.filter((action) => Effect === 'Allow' && /[*?]/.test(action)).map(
        (action) => `allows ${action}: list the actions that are needed`,
      ),
  ),
  eachStatement(
    'wildcard-resource',
    'No statement of a role allows something on every resource.',
    ['permissions'],
    ({ Effect, Action, Resource: resources }) =>
      resources
        .filter((resource) => Effect === 'Allow' && /^(\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:\*)$/.test(resource))
        .map((resource) => `allows ${Action.join(', ')} on ${resource}: name the resources`),
  ),
  eachStatement(
    'pass-role',
    'A role is passed by its name, and only to the service that it is for.',
    ['permissions'],
    (statement) => {
      const { Effect, Action, Resource: resources } = statement;
      if (Effect !== 'Allow' || !Action.some((action) => covers(action, 'iam:PassRole'))) return [];
      return [
        ...(conditionKeys(statement).includes('iam:passedtoservice')
          ? []
          : ['passes a role to any service: add the condition iam:PassedToService']),
        ...resources
          .filter((resource) => /role\/\*|^\*$/.test(resource))
          .map((resource) => `passes ${resource}: name the role`),
      ];
    },
  ),
  eachStatement(
    'no-negation',
    'No statement allows everything but something.',
    ALL,
    ({ Effect, NotAction, NotResource, NotPrincipal }) =>
      Object.entries({ NotAction, NotResource, NotPrincipal })
        .filter(([, value]) => Effect === 'Allow' && value !== undefined)
        .map(([name]) => `allows by ${name}: say what is allowed instead`),
  ),
  eachStatement(
    'no-public-principal',
    'Nobody outside of this account may do anything.',
    ['trust', 'resource'],
    ({ Effect, Principal, Condition }) => {
      const isAnybody = Principal === '*' || Object.values(Principal ?? {}).some((who) => who.includes('*'));
      const isLimited = Object.keys(Condition).length > 0;
      return Effect === 'Allow' && isAnybody && !isLimited ? ['allows anybody: name the principal'] : [];
    },
  ),
  eachStatement(
    'trust-condition',
    'A service may take a role, or use a resource, only on behalf of this account.',
    ['trust', 'resource'],
    (statement) => {
      const principals = typeof statement.Principal === 'object' ? statement.Principal : {};
      if (statement.Effect !== 'Allow' || principals.Service === undefined) return [];
      const isBound = conditionKeys(statement).some((key) =>
        ['aws:sourceaccount', 'aws:sourcearn', 'sts:externalid'].includes(key),
      );
      return isBound
        ? []
        : [`trusts ${principals.Service.join(', ')} for any account: add aws:SourceAccount or aws:SourceArn`];
    },
  ),
  eachResource(
    'managed-policy',
    'Permissions stand in the project, not in policies that AWS changes.',
    ['aws_iam_role_policy_attachment', 'aws_iam_policy_attachment'],
    ({ attributes }) => [`attaches ${String(attributes.policy_arn)}: write the statements that are needed`],
  ),
  eachStatement(
    'no-log-group-creation',
    'No role makes log groups: a late writer would bring one back after a tear-down, without retention.',
    ['permissions'],
    ({ Effect, Action }) =>
      Effect === 'Allow' && Action.some((action) => covers(action, 'logs:CreateLogGroup'))
        ? ['allows logs:CreateLogGroup: make the group in the stack']
        : [],
  ),
];

import { exposuresOf, newExposures, type Exposure } from '../access/exposures';
import { describeExposure } from '../access/exposure-words';
import { laterPlaces, policiesOf } from '../access/held-policies';
import { coversAction, type Statement } from '../access/policy-document';
import type { PolicyKind } from '../terraform/access-table';
import type { Configuration, Resource } from './configuration';
import type { Rule, Violation } from './rule';

/** A rule over each statement of the policies of some kinds. */
function eachStatement(
  name: string,
  requirement: string,
  kinds: readonly PolicyKind[],
  judge: (statement: Statement) => readonly string[],
): Rule {
  const check = ({ resources }: Configuration) =>
    resources.flatMap((resource) =>
      policiesOf(resource)
        .filter(({ kind, place }) => kinds.includes(kind) && place.by === 'policy')
        .flatMap(({ statements = [] }) => statements)
        .flatMap((statement) =>
          judge(statement).map((problem) => ({ resource, problem, statement: statement.Sid ?? '(no Sid)' })),
        ),
    );
  return { name, requirement, check };
}

/** A rule over what a resource exposes, or what a plan's change of it does. */
function eachExposure(
  name: string,
  requirement: string,
  remedy: string,
  isBroken: (exposure: Exposure) => boolean,
): Rule {
  const check = (configuration: Configuration): Violation[] =>
    exposuresIn(configuration)
      .filter(([, exposure]) => isBroken(exposure))
      .map(([resource, exposure]) => ({
        resource,
        problem: `${describeExposure(exposure)}: ${remedy}`,
        ...('statement' in exposure && { statement: exposure.statement ?? '(no Sid)' }),
      }));
  return { name, requirement, check };
}

function exposuresIn({ resources, own, changes }: Configuration): [Pick<Resource, 'path'>, Exposure][] {
  const standing = resources.flatMap((resource) =>
    exposuresOf(resource, own).map((exposure): [Pick<Resource, 'path'>, Exposure] => [resource, exposure]),
  );
  const known = new Set(standing.map(([{ path }, exposure]) => JSON.stringify([path, exposure])));
  const isOwn = (exposure: Exposure): boolean =>
    exposure.kind === 'role' && own.names.has(exposure.role.split('/').at(-1) ?? exposure.role);
  const made = newExposures(changes, own)
    .filter(({ exposure }) => !isOwn(exposure))
    .filter(({ change, exposure }) => !known.has(JSON.stringify([change.address, exposure])))
    .map(({ change, exposure }): [Pick<Resource, 'path'>, Exposure] => [{ path: change.address }, exposure]);
  return [...standing, ...made];
}

const ALL: readonly PolicyKind[] = ['permissions', 'trust', 'resource', 'endpoint'];

/** Whether a pattern of ARNs leaves the name open: `*`, `arn:aws:s3:::*` and `arn:aws:lambda:*:*:function:*`. */
function isAnything(resource: string): boolean {
  const [arn, , , , account = '', ...name] = resource.split(':');
  if (arn !== 'arn' || name.length === 0) return /^\*+$/.test(resource);
  return account.includes('*') || name.join(':').startsWith('*');
}

/** What a role, or somebody else, may do. */
export const PERMISSION_RULES: readonly Rule[] = [
  {
    name: 'policy-readable',
    requirement: 'Every policy is a JSON document that is known before apply.',
    check: readable,
  },
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
        .filter((resource) => Effect === 'Allow' && isAnything(resource))
        .map((resource) => `allows ${Action.join(', ')} on ${resource}: name the resources`),
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
    'no-log-group-creation',
    'No role makes log groups: a late writer would bring one back after a tear-down, without retention.',
    ['permissions'],
    ({ Effect, Action }) =>
      Effect === 'Allow' && Action.some((action) => coversAction(action, 'logs:CreateLogGroup'))
        ? ['allows logs:CreateLogGroup: make the group in the stack']
        : [],
  ),
  eachExposure(
    'known-types',
    'Whether a resource gives access is known of its type.',
    'say how it does in tools/terraform/access-table.ts, or that it does not in resource-types.json',
    ({ kind }) => kind === 'unclassified',
  ),
  eachExposure(
    'no-outsiders',
    'Nobody outside of this account may do anything.',
    'name the principal, or limit it by a condition that nobody outside can meet',
    (exposure) => exposure.kind === 'outsider' && exposure.who.kind !== 'service',
  ),
  eachExposure(
    'trust-condition',
    'A service may take a role, or use a resource, only on behalf of this account.',
    'add aws:SourceAccount or aws:SourceArn with this account',
    (exposure) => exposure.kind === 'outsider' && exposure.who.kind === 'service',
  ),
  eachExposure(
    'pass-role',
    'A role is passed by its name, and only to the service that it is for.',
    'name the role, and the service by the condition iam:PassedToService',
    ({ kind }) => kind === 'passed role',
  ),
  eachExposure(
    'no-administrator',
    'Nobody may do everything.',
    'list the actions and resources that are needed',
    ({ kind }) => kind === 'administrator',
  ),
  eachExposure(
    'nothing-public',
    'No setting opens a resource to everybody.',
    'leave it closed',
    ({ kind }) => kind === 'open setting',
  ),
  eachExposure(
    'no-way-in',
    'Nothing can be reached from all over the internet.',
    'name a security group or an address range',
    ({ kind }) => kind === 'open network',
  ),
  eachExposure(
    'own-destinations',
    'Data goes to this account only.',
    'send it to a resource of this account',
    ({ kind }) => kind === 'destination',
  ),
  eachExposure(
    'protection-stays',
    'What protects other resources is not taken away.',
    'leave it in place',
    ({ kind }) => kind === 'guard' || kind === 'denial',
  ),
  eachExposure(
    'own-roles',
    'What runs takes a role of this project, whose permissions are judged with it.',
    'make the role in the stack',
    ({ kind }) => kind === 'role',
  ),
  eachExposure(
    'no-standing-access',
    'Nothing gives access by being there, as keys and passwords do.',
    'take a role instead',
    ({ kind }) => kind === 'existence',
  ),
  {
    name: 'managed-policy',
    requirement: 'Permissions stand in the project, not in policies that AWS changes.',
    check: ({ resources }) =>
      resources.flatMap((resource) =>
        policiesOf(resource)
          .flatMap(({ managed }) => managed)
          .map((arn) => ({ resource, problem: `attaches ${arn}: write the statements that are needed` })),
      ),
  },
];

/** What the plan does not tell is judged in the stack that it was made of, if that is among the stacks. */
function readable({ resources, changes, sources }: Configuration): Violation[] {
  const unreadable = resources.filter(
    (resource) =>
      policiesOf(resource).some(({ statements }) => statements === undefined) ||
      hasPolicyOfOtherType(resource),
  );
  const later = changes.filter((change) => laterPlaces(change).length > 0 && !sources.has(change.address));
  return [
    ...unreadable.map((resource) => ({
      resource,
      problem: 'its policy cannot be read as an IAM policy document: write it as JSON with known keys',
    })),
    ...later.map(({ address }) => ({
      resource: { path: address },
      problem: 'its policy is known only after apply: compute it from names that are known before',
    })),
  ];
}

/** A policy must be a text. */
function hasPolicyOfOtherType({ attributes }: Resource): boolean {
  return ['policy', 'assume_role_policy'].some(
    (name) => typeof attributes[name] === 'object' && attributes[name],
  );
}

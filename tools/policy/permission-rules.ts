import { exposuresOf, type Exposure } from '../access/exposures';
import { newExposures } from '../access/new-exposures';
import { laterPlaces, policiesOf } from '../access/held-policies';
import { coversAction, type Statement } from '../access/policy-document';
import { written } from '../access/words';
import type { PolicyKind } from '../terraform/resource-types';
import type { Configuration, Resource } from './configuration';
import type { Rule, Violation } from './rule';

/** A rule over each statement of the policies of some kinds. */
function eachStatement(
  name: string,
  requirement: string,
  kinds: readonly PolicyKind[],
  findProblems: (statement: Statement) => readonly string[],
): Rule {
  const check = ({ resources }: Configuration) =>
    resources.flatMap((resource) =>
      policiesOf(resource)
        .filter(({ kind, place }) => kinds.includes(kind) && place.by === 'policy')
        .flatMap(({ statements = [] }) => statements)
        .flatMap((statement) =>
          findProblems(statement).map((problem) => ({
            resource,
            problem,
            statement: statement.Sid ?? '(no Sid)',
          })),
        ),
    );
  return { name, requirement, check };
}

type Kind = Exposure['kind'];

/** What nothing may expose, and what to do instead. */
const EXPOSURES: readonly (readonly [rule: string, requirement: string, remedy: string, ...Kind[]])[] = [
  [
    'known-types',
    'Whether a resource gives access is known of its type.',
    'say in tools/terraform/resource-types.json how it does, or that it does not',
    'unclassified',
  ],
  [
    'no-outsiders',
    'Nobody outside of this account may do anything.',
    'name the principal, or limit it by a condition that nobody outside can meet',
    'outsider',
  ],
  [
    'trust-condition',
    'A service may take a role, or use a resource, only on behalf of this account.',
    'add aws:SourceAccount or aws:SourceArn with this account',
    ...(['service', 'trusted service'] as const),
  ],
  [
    'pass-role',
    'A role is passed by its name, and only to the service that it is for.',
    'name the role, and the service by the condition iam:PassedToService',
    ...(['passed roles', 'passed role'] as const),
  ],
  ['no-administrator', 'Nobody may do everything.', 'list what is needed', 'administrator'],
  ['nothing-public', 'No setting opens a resource to everybody.', 'leave it closed', 'open setting'],
  [
    'no-way-in',
    'Nothing can be reached from all over the internet.',
    'name a security group or an address range',
    'open network',
  ],
  [
    'own-destinations',
    'Data goes to this account only.',
    'send it to a resource of this account',
    'destination',
  ],
  [
    'protection-stays',
    'What protects other resources is not taken away.',
    'leave it in place',
    ...(['guard', 'denial'] as const),
  ],
  [
    'own-roles',
    'What runs takes a role of this project, whose permissions are checked with it.',
    'make the role in the stack',
    'foreign role',
  ],
  [
    'no-standing-access',
    'Nothing gives access by being there, as keys and passwords do.',
    'take a role instead',
    'existence',
  ],
];

interface Found {
  readonly path: string;
  readonly exposure: Exposure;
}

/** Several rules ask for the same. */
const known = new WeakMap<Configuration, readonly Found[]>();

/** What resources expose as they are, and what a plan takes away. */
function exposuresIn(configuration: Configuration): readonly Found[] {
  const found = known.get(configuration) ?? findExposures(configuration);
  known.set(configuration, found);
  return found;
}

function findExposures({ resources, own, changes }: Configuration): Found[] {
  const found = resources.flatMap((resource) =>
    exposuresOf(resource, own).map((exposure): Found => ({ path: resource.path, exposure })),
  );
  const ended = newExposures(changes, own)
    .filter(({ change, exposure }) => change.after === undefined || /^(guard|denial)$/.test(exposure.kind))
    .map(({ change, exposure }): Found => ({ path: change.address, exposure }));
  // A guard that is off is found both ways.
  return [...new Map([...found, ...ended].map((each) => [JSON.stringify(each), each])).values()];
}

const ALL: readonly PolicyKind[] = ['permissions', 'trust', 'resource', 'endpoint'];

/** Services whose ids nobody knows before, and S3, where the first part is the bucket's name. */
const WITHOUT_TYPE_OR_NAME = new Set(['ec2', 'elasticmapreduce', 's3']);

/** Whether a pattern of ARNs leaves account or name open: `*`, `arn:aws:s3:::*`, `arn:aws:lambda:*:*:function:*`, `…:role/*`. */
function isAnything(resource: string): boolean {
  const [arn, , service = '', , account = '', ...name] = resource.split(':');
  if (arn !== 'arn' || name.length === 0) return /^\*+$/.test(resource);
  const isWhole = /^[a-z-]+[/:]\*/.test(name.join(':')) && !WITHOUT_TYPE_OR_NAME.has(service);
  return account.includes('*') || name.join(':').startsWith('*') || isWhole;
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
  ...EXPOSURES.map(([name, requirement, remedy, ...kinds]): Rule => ({
    name,
    requirement,
    check: (configuration) =>
      exposuresIn(configuration)
        .filter(({ exposure }) => kinds.includes(exposure.kind))
        .map(({ path, exposure: { words, statement } }) => ({
          resource: { path },
          problem: `${written(words)}: ${remedy}`,
          ...(statement !== undefined && { statement }),
        })),
  })),
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

/** What the plan does not have is checked in the stack that it was made of, if that is among the stacks. */
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

import { exposuresOf, type Exposure } from '../access/exposures';
import { newExposures } from '../access/new-exposures';
import { laterPlaces, policiesOf } from '../access/held-policies';
import { coversAction, type Statement } from '../access/policy-document';
import { renderPhrase } from '../access/phrase';
import type { PolicyKind } from '../terraform/resource-types';
import type { Configuration, Resource } from './configuration';
import type { Rule, Violation } from './rule';

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

/** Rules about exposures: what to do, and the kinds of exposures. */
const EXPOSURES: readonly (readonly [rule: string, requirement: string, remedy: string, ...Kind[]])[] = [
  [
    'known-types',
    'The type of every resource is classified.',
    'classify it in tools/terraform/resource-types.json',
    'unclassified',
  ],
  [
    'no-outsiders',
    'No external principal has access.',
    'specify a principal of this account, or a condition that no external principal meets',
    'external principal',
  ],
  [
    'trust-condition',
    'A service can assume a role, or use a resource, only on behalf of this account.',
    'add aws:SourceAccount or aws:SourceArn with this account',
    ...(['service', 'trusted service'] as const),
  ],
  [
    'pass-role',
    'iam:PassRole is allowed for named roles and one service only.',
    'specify the role, and the service with the condition iam:PassedToService',
    ...(['passed roles', 'passed role'] as const),
  ],
  [
    'no-administrator',
    'No role has administrative privileges.',
    'list the required actions',
    'administrator',
  ],
  ['nothing-public', 'No setting makes a resource public.', 'remove the public access', 'open setting'],
  [
    'no-way-in',
    'No inbound traffic is allowed from anywhere.',
    'specify a security group or an address range',
    'open network',
  ],
  [
    'own-destinations',
    'Data is sent to this account only.',
    'send it to a resource of this account',
    'destination',
  ],
  [
    'protection-stays',
    'Protection of other resources is not removed.',
    'keep it',
    ...(['guard', 'denial'] as const),
  ],
  [
    'own-roles',
    'Compute runs with roles of the project, whose permissions are checked.',
    'define the role in the stack',
    'foreign role',
  ],
  ['no-standing-access', 'No resource is a long-term credential.', 'use a role instead', 'existence'],
];

interface Found {
  readonly path: string;
  readonly exposure: Exposure;
}

/** Several rules read the same exposures. */
const known = new WeakMap<Configuration, readonly Found[]>();

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
  // Both lists have a guard that is off.
  return [...new Map([...found, ...ended].map((each) => [JSON.stringify(each), each])).values()];
}

const ALL: readonly PolicyKind[] = ['permissions', 'trust', 'resource', 'endpoint'];

/** Services whose IDs are known only after apply, and S3, where the first part is the name of the bucket. */
const WITHOUT_TYPE_OR_NAME = new Set(['ec2', 'elasticmapreduce', 's3']);

/** Whether a pattern matches any account or name: `*`, `arn:aws:s3:::*`, `arn:aws:lambda:*:*:function:*`, `…:role/*`. */
function isAnything(resource: string): boolean {
  const [arn, , service = '', , account = '', ...name] = resource.split(':');
  if (arn !== 'arn' || name.length === 0) return /^\*+$/.test(resource);
  const isWhole = /^[a-z-]+[/:]\*/.test(name.join(':')) && !WITHOUT_TYPE_OR_NAME.has(service);
  return account.includes('*') || name.join(':').startsWith('*') || isWhole;
}

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
        (action) => `allows ${action}: list the required actions`,
      ),
  ),
  eachStatement(
    'wildcard-resource',
    'No statement of a role allows actions on all resources.',
    ['permissions'],
    ({ Effect, Action, Resource: resources }) =>
      resources
        .filter((resource) => Effect === 'Allow' && isAnything(resource))
        .map((resource) => `allows ${Action.join(', ')} on ${resource}: specify the resources`),
  ),
  eachStatement(
    'no-negation',
    'No statement allows everything with exceptions.',
    ALL,
    ({ Effect, NotAction, NotResource, NotPrincipal }) =>
      Object.entries({ NotAction, NotResource, NotPrincipal })
        .filter(([, value]) => Effect === 'Allow' && value !== undefined)
        .map(([name]) => `allows by ${name}: specify what is allowed`),
  ),
  eachStatement(
    'no-log-group-creation',
    'No role creates log groups: a late writer would create one without retention after a destroy.',
    ['permissions'],
    ({ Effect, Action }) =>
      Effect === 'Allow' && Action.some((action) => coversAction(action, 'logs:CreateLogGroup'))
        ? ['allows logs:CreateLogGroup: define the group in the stack']
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
          problem: `${renderPhrase(words)}: ${remedy}`,
          ...(statement !== undefined && { statement }),
        })),
  })),
  {
    name: 'managed-policy',
    requirement: 'Permissions are defined in the project, not in AWS managed policies.',
    check: ({ resources }) =>
      resources.flatMap((resource) =>
        policiesOf(resource)
          .flatMap(({ managed }) => managed)
          .map((arn) => ({ resource, problem: `attaches ${arn}: write the required statements` })),
      ),
  },
];

/** A policy that is known only after apply is checked in its stack, if that is also checked. */
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
      problem: 'its policy is not a valid IAM policy document: write it as JSON with known keys',
    })),
    ...later.map(({ address }) => ({
      resource: { path: address },
      problem: 'its policy is known only after apply: compute it from known names',
    })),
  ];
}

/** A policy must be a string. */
function hasPolicyOfOtherType({ attributes }: Resource): boolean {
  return ['policy', 'assume_role_policy'].some(
    (name) => typeof attributes[name] === 'object' && attributes[name],
  );
}

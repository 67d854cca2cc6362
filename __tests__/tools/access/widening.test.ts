import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesOf } from '../../../tools/policy/configuration';
import { findingsIn } from '../../../tools/policy/gate';
import { readPlan } from '../../../tools/terraform/plan/plan-format';
import { reviewPlans } from '../../../tools/plan-review/review';
import { NOW, planOf, type Change } from '../plan-review/plan-of';

const OWN = '111111111111';
const FOREIGN = '999999999999';

/** What the provider asks AWS: for which account the plan is made. */
const ASKED = {
  prior_state: {
    values: { root_module: { resources: [{ type: 'aws_caller_identity', values: { account_id: OWN } }] } },
  },
};

const create = (type: string, after: object, unknown: object = {}): Change => ({
  ...{ type, actions: ['create'], before: null, after, after_unknown: unknown },
});
const update = (type: string, before: object, after: object): Change => ({ type, before, after });
const destroy = (type: string, before: object): Change => ({
  type,
  actions: ['delete'],
  before,
  after: null,
});

const statement = (more: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...more }] });
const forAnybody = statement({ Principal: '*', Action: 'x:Do', Resource: 'r' });
const trust = (more: object) => ({
  name: 'n',
  assume_role_policy: statement({ Action: 'sts:AssumeRole', ...more }),
});
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const open = { cidr_blocks: ['0.0.0.0/0'], protocol: '-1' };
const guard = { block_public_acls: true, block_public_policy: true, bucket: 'b' };

/** Types that hold a policy of their own, by the attribute that has it. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_s3_bucket_policy: 'policy',
  aws_s3control_access_point_policy: 'policy',
  aws_s3_access_point: 'policy',
  aws_sqs_queue: 'policy',
  aws_sns_topic_policy: 'policy',
  aws_kms_key: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
  aws_glue_resource_policy: 'policy',
  aws_cloudwatch_log_resource_policy: 'policy_document',
  aws_cloudwatch_log_destination_policy: 'access_policy',
  aws_cloudwatch_event_bus_policy: 'policy',
  aws_ecr_repository_policy: 'policy',
  aws_ecr_registry_policy: 'policy',
  aws_efs_file_system_policy: 'policy',
  aws_backup_vault_policy: 'policy',
  aws_api_gateway_rest_api_policy: 'policy',
  aws_opensearch_domain: 'access_policies',
  aws_codeartifact_domain_permissions_policy: 'policy_document',
  aws_dynamodb_resource_policy: 'policy',
  aws_kinesis_resource_policy: 'policy',
  aws_ses_identity_policy: 'policy',
  aws_s3tables_table_policy: 'resource_policy',
  aws_sagemaker_model_package_group_policy: 'resource_policy',
};

/** Title, changes, the rule that they break, what the verdict begins with. */
const WIDENING: readonly (readonly [string, readonly Change[], string, string])[] = [
  ...Object.entries(POLICIES).map(
    ([type, attribute]) =>
      [
        `A policy of ${type}`,
        [create(type, { [attribute]: forAnybody })],
        ...['no-outsiders', 'lets anybody `x:Do`'],
      ] as [string, Change[], string, string],
  ),
  [
    'A foreign trust',
    [create('aws_iam_role', trust({ Principal: { AWS: FOREIGN } }))],
    'no-outsiders',
    `lets the account \`${FOREIGN}\` become it`,
  ],
  [
    'A grant',
    [create('aws_kms_grant', { grantee_principal: `arn:aws:iam::${FOREIGN}:root`, operations: ['Decrypt'] })],
    'no-outsiders',
    '`kms:Decrypt`',
  ],
  [
    'A public layer',
    [create('aws_lambda_layer_version_permission', { principal: '*', action: 'lambda:GetLayerVersion' })],
    'no-outsiders',
    'lets anybody',
  ],
  [
    'A function for any bucket',
    [create('aws_lambda_permission', { function_name: 'f', principal: 's3.amazonaws.com' })],
    'trust-condition',
    'on behalf of any account',
  ],
  [
    'An event bus',
    [create('aws_cloudwatch_event_permission', { principal: FOREIGN })],
    'no-outsiders',
    FOREIGN,
  ],
  ['A share', [create('aws_ram_principal_association', { principal: FOREIGN })], 'no-outsiders', FOREIGN],
  [
    'An image',
    [create('aws_ami_launch_permission', { image_id: 'ami', account_id: FOREIGN })],
    'no-outsiders',
    FOREIGN,
  ],
  [
    'An image for all',
    [create('aws_ami_launch_permission', { image_id: 'ami', group: 'all' })],
    'nothing-public',
    'is open to everybody',
  ],
  [
    'A snapshot',
    [create('aws_snapshot_create_volume_permission', { snapshot_id: 's', account_id: FOREIGN })],
    'no-outsiders',
    FOREIGN,
  ],
  [
    'A principal that is not known',
    [create('aws_kms_grant', { key_id: 'k' }, { grantee_principal: true })],
    'no-outsiders',
    'somebody whom the plan does not name',
  ],
  [
    'An inline policy',
    [
      create('aws_iam_role', {
        ...trust({}),
        inline_policy: [{ policy: statement({ Action: '*', Resource: '*' }) }],
      }),
    ],
    'no-administrator',
    'gives permission to do everything',
  ],
  [
    'A managed policy in the role',
    [create('aws_iam_role', { ...trust({}), managed_policy_arns: [ADMIN] })],
    'no-administrator',
    ADMIN,
  ],
  ...['role', 'user', 'group'].map((who): [string, Change[], string, string] => [
    `An attachment to a ${who}`,
    [create(`aws_iam_${who}_policy_attachment`, { [who]: 'x', policy_arn: ADMIN })],
    ...(['no-administrator', ADMIN] as const),
  ]),
  ...['role', 'user', 'group'].map((who): [string, Change[], string, string] => [
    `Exclusive attachments of a ${who}`,
    [create(`aws_iam_${who}_policy_attachments_exclusive`, { [`${who}_name`]: 'x', policy_arns: [ADMIN] })],
    ...(['managed-policy', ADMIN] as const),
  ]),
  [
    'A boundary that goes',
    [update('aws_iam_role', { ...trust({}), permissions_boundary: 'arn:b' }, trust({}))],
    'protection-stays',
    'no longer keeps the permissions boundary',
  ],
  [
    'A guard of a bucket that goes',
    [destroy('aws_s3_bucket_public_access_block', guard)],
    'protection-stays',
    'no longer keeps the bucket from being made public',
  ],
  [
    'A guard that weakens',
    [update('aws_s3_bucket_public_access_block', guard, { ...guard, block_public_acls: false })],
    'protection-stays',
    '`block_public_acls` is `false`',
  ],
  [
    'A guard that is none',
    [create('aws_s3_account_public_access_block', { block_public_acls: false })],
    'protection-stays',
    'is `false`',
  ],
  [
    'A denial that goes',
    [
      destroy('aws_s3_bucket_policy', {
        bucket: 'b',
        policy: JSON.stringify({
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
        }),
      }),
    ],
    'protection-stays',
    'no longer denies `s3:*`',
  ],
  [
    'A public ACL',
    [update('aws_s3_bucket_acl', { acl: 'private' }, { acl: 'public-read' })],
    'nothing-public',
    '`acl` is `public-read`',
  ],
  [
    'An ACL with a grant',
    [
      create('aws_s3_bucket_acl', {
        access_control_policy: [
          { grant: [{ grantee: [{ uri: 'http://acs.amazonaws.com/groups/global/AllUsers' }] }] },
        ],
      }),
    ],
    'nothing-public',
    'open to everybody',
  ],
  [
    'A function URL',
    [create('aws_lambda_function_url', { authorization_type: 'NONE' })],
    'nothing-public',
    'open to everybody',
  ],
  [
    'A database',
    [update('aws_rds_cluster_instance', { publicly_accessible: false }, { publicly_accessible: true })],
    'nothing-public',
    '`publicly_accessible` is `true`',
  ],
  [
    'A subscription',
    [
      create('aws_cloudwatch_log_subscription_filter', {
        destination_arn: `arn:aws:logs:r:${FOREIGN}:destination:x`,
      }),
    ],
    'own-destinations',
    FOREIGN,
  ],
  [
    'A subscription of the account',
    [
      create('aws_cloudwatch_log_account_policy', {
        policy_document: `{"DestinationArn":"arn:aws:logs:r:${FOREIGN}:destination:x"}`,
      }),
    ],
    'own-destinations',
    FOREIGN,
  ],
  [
    'A replication',
    [
      create('aws_s3_bucket_replication_configuration', {
        rule: [{ destination: [{ bucket: 'arn:aws:s3:::evil' }] }],
      }),
    ],
    'own-destinations',
    'arn:aws:s3:::evil',
  ],
  [
    'A topic that sends',
    [create('aws_sns_topic_subscription', { endpoint: `arn:aws:sqs:r:${FOREIGN}:q` })],
    'own-destinations',
    FOREIGN,
  ],
  [
    'A bus as a target',
    [create('aws_cloudwatch_event_target', { arn: `arn:aws:events:r:${FOREIGN}:event-bus/x` })],
    'own-destinations',
    FOREIGN,
  ],
  ...['access_key', 'user_login_profile', 'openid_connect_provider', 'saml_provider', 'user_ssh_key'].map(
    (type): [string, Change[], string, string] => [
      `What aws_iam_${type} gives`,
      [create(`aws_iam_${type}`, { user: 'u' })],
      ...(['no-standing-access', `aws_iam_${type}.A`] as const),
    ],
  ),
  [
    'Another role',
    [
      update(
        'aws_lambda_function',
        { function_name: 'f', role: 'r/small' },
        { function_name: 'f', role: 'r/admin' },
      ),
    ],
    'own-roles',
    'runs as another role: `r/small` → `r/admin`',
  ],
  [
    'Passing by a pattern',
    [
      create('aws_iam_role_policy', {
        role: 'r',
        policy: statement({
          Action: 'iam:PassRole',
          Resource: 'arn:aws:iam::1:role/a*',
          Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
        }),
      }),
    ],
    'pass-role',
    'passes any role',
  ],
  [
    'Passing all but one',
    [
      create('aws_iam_role_policy', {
        role: 'r',
        policy: statement({ NotAction: 's3:*', NotResource: 'x' }),
      }),
    ],
    'pass-role',
    'passes any role',
  ],
  ['A type of next year', [create('aws_of_next_year', {})], 'known-types', 'nobody has classified'],
  [
    'A type of another provider',
    [update('github_team_membership', { a: 1 }, { a: 2 })],
    'known-types',
    'nobody has classified',
  ],
];

/** What opens the network: the verdict says so with the section of the network. */
const OPENING: readonly (readonly [string, Change])[] = [
  ['A security group', create('aws_security_group', { ingress: [open] })],
  ['The default security group', update('aws_default_security_group', { ingress: [] }, { ingress: [open] })],
  [
    'A rule for IPv6',
    create('aws_vpc_security_group_ingress_rule', { cidr_ipv6: '::/0', ip_protocol: '-1' }),
  ],
  [
    'A rule for half of the world',
    create('aws_security_group_rule', { ...open, type: 'ingress', cidr_blocks: ['128.0.0.0/1'] }),
  ],
  ['An internet gateway', create('aws_internet_gateway', {})],
  ['A route to one', create('aws_route', { destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' })],
  [
    'A route in a table',
    create('aws_route_table', { route: [{ cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' }] }),
  ],
  ['A load balancer', create('aws_lb', { name: 'l', internal: false })],
  [
    'A cluster',
    create('aws_eks_cluster', {
      name: 'c',
      vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }],
    }),
  ],
];

/** What is as narrow as it can be. */
const HARMLESS: readonly (readonly [string, readonly Change[]])[] = [
  ['The own account', [create('aws_iam_role', trust({ Principal: { AWS: OWN } }))]],
  [
    'A limited service',
    [
      create('aws_lambda_permission', {
        function_name: 'f',
        principal: 's3.amazonaws.com',
        source_account: OWN,
      }),
    ],
  ],
  [
    'A source that is known later',
    [
      create(
        'aws_lambda_permission',
        { function_name: 'f', principal: 's3.amazonaws.com' },
        { source_arn: true },
      ),
    ],
  ],
  [
    'A guard that goes with its bucket',
    [destroy('aws_s3_bucket_public_access_block', guard), destroy('aws_s3_bucket', { bucket: 'b' })],
  ],
  [
    'A default route to NAT',
    [create('aws_route', { destination_cidr_block: '0.0.0.0/0', nat_gateway_id: 'nat-1' })],
  ],
  [
    'A default route to a transit gateway',
    [create('aws_route', { destination_cidr_block: '0.0.0.0/0' }, { transit_gateway_id: true })],
  ],
  ['An own target', [create('aws_cloudwatch_event_target', { arn: `arn:aws:events:r:${OWN}:event-bus/x` })]],
  ['A private load balancer', [create('aws_lb', { internal: true })]],
  ['A provider of nothing in AWS', [create('random_password', {}), create('null_resource', {})]],
];

async function judged(changes: readonly Change[]): Promise<{ rules: string[]; verdict: string }> {
  const named = changes.map((change, index) => ({ ...change, ...(index > 0 && { name: `A${index}` }) }));
  const plan = planOf(named, ASKED);
  const { verdict } = await reviewPlans([plan], NOW);
  return { rules: findingsIn(changesOf(plan)).map(({ rule }) => rule), verdict };
}

test.each(WIDENING)('%s breaks a rule and leads the verdict.', async (_, changes, rule, words) => {
  const { rules, verdict } = await judged(changes);
  expect(rules).toContain(rule);
  expect(verdict.split('**')[0]).toBe('');
  expect(verdict.split('**')[1]).toContain(words);
});

test.each(OPENING)('%s that is open to the world breaks a rule and leads the verdict.', async (_, change) => {
  const { rules, verdict } = await judged([change]);
  expect(rules).toContain('no-way-in');
  expect(verdict).toMatch(/^\*\*network opened to the world\*\*/);
});

const ACCESS_RULES =
  /^(no-outsiders|trust-condition|nothing-public|own-|protection-stays|no-standing|no-way-in|pass-role|known-types)/;

test.each(HARMLESS)('%s is not a finding.', async (_, changes) => {
  const { rules, verdict } = await judged(changes);
  expect(rules.filter((rule) => ACCESS_RULES.test(rule))).toEqual([]);
  expect(verdict).not.toMatch(/lets|open to|opened to the world|no longer/);
});

const GIVEN = join(__dirname, '../../../../shared/data/hostile/widening');
const files = existsSync(GIVEN) ? readdirSync(GIVEN).filter((file) => !file.startsWith('loss-')) : [];

(files.length > 0 ? test.each(files) : test.skip.each([`(none: ${GIVEN} is not there)`]))(
  'The given plan %s breaks a rule and leads the verdict.',
  async (file) => {
    const text = readFileSync(join(GIVEN, file), 'utf8');
    expect(findingsIn(changesOf(readPlan(text, file, { inClear: true }))).length).toBeGreaterThan(0);
    expect((await reviewPlans([readPlan(text, file)], NOW)).verdict).toMatch(/^\*\*/);
  },
);

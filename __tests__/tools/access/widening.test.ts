import { changesOf } from '../../../tools/policy/configuration';
import { findingsIn } from '../../../tools/policy/gate';
import { reviewPlans } from '../../../tools/plan-review/review';
import { NOW, planOf, type Change } from '../plan-review/plan-of';

const OWN = '111111111111';
const FOREIGN = '999999999999';

/** The account of the plan. */
const PRIOR_STATE = {
  prior_state: {
    values: { root_module: { resources: [{ type: 'aws_caller_identity', values: { account_id: OWN } }] } },
  },
};

const create = (type: string, after: object, unknown: object = {}): Change => ({
  type,
  actions: ['create'],
  before: null,
  after,
  after_unknown: unknown,
});
const update = (type: string, before: object, after: object): Change => ({ type, before, after });
const destroy = (type: string, before: object): Change => ({
  type,
  actions: ['delete'],
  before,
  after: null,
});

const statement = (more: object) => JSON.stringify({ Statement: [{ Effect: 'Allow', ...more }] });
const forEveryone = statement({ Principal: '*', Action: 'x:Do', Resource: 'r' });
const trust = (more: object) => ({
  name: 'n',
  assume_role_policy: statement({ Action: 'sts:AssumeRole', ...more }),
});
const foreigner = { Principal: { AWS: `arn:aws:iam::${FOREIGN}:root` } };
const foreign = (service: string, name: string) => `arn:aws:${service}:r:${FOREIGN}:${name}`;
const everything = statement({ Action: '*', Resource: '*' });
const denial = JSON.stringify({
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }],
});
const forBuckets = { function_name: 'f', principal: 's3.amazonaws.com' };
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const HOLDERS = ['role', 'user', 'group'];
const WORLD = ['0.0.0.0/0'];
const open = { cidr_blocks: WORLD, protocol: '-1' };
const outside = { cidr_block: '0.0.0.0/0' };
const guard = { block_public_acls: true, block_public_policy: true, bucket: 'b' };

/** Types with a policy, by its attribute. */
const POLICIES: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'policy',
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

/** Changes with the words of their summary, by the rule that they break. */
const WIDENING: Readonly<Record<string, readonly (readonly [words: string, Change])[]>> = {
  'no-outsiders': [
    ...Object.entries(POLICIES).map(
      ([type, at]) => ['grants `x:Do` to everyone', create(type, { [at]: forEveryone })] as const,
    ),
    [`can be assumed by the account \`${FOREIGN}\``, create('aws_iam_role', trust(foreigner))],
    [
      '`kms:Decrypt`',
      create('aws_kms_grant', { grantee_principal: foreigner.Principal.AWS, operations: ['Decrypt'] }),
    ],
    [
      'to everyone',
      create('aws_lambda_layer_version_permission', { principal: '*', action: 'lambda:GetLayerVersion' }),
    ],
    [FOREIGN, create('aws_cloudwatch_event_permission', { principal: FOREIGN })],
    [FOREIGN, create('aws_ram_principal_association', { principal: FOREIGN })],
    [FOREIGN, create('aws_ami_launch_permission', { image_id: 'i', account_id: FOREIGN })],
    [FOREIGN, create('aws_snapshot_create_volume_permission', { account_id: FOREIGN })],
    [
      'a principal that is not in the plan',
      create('aws_kms_grant', { key_id: 'k' }, { grantee_principal: true }),
    ],
  ],
  'trust-condition': [['on behalf of any account', create('aws_lambda_permission', forBuckets)]],
  'no-administrator': [
    [
      'grants full administrative privileges',
      create('aws_iam_role', { ...trust({}), inline_policy: [{ policy: everything }] }),
    ],
    ['full administrative privileges', create('aws_iam_group_policy', { policy: everything })],
    [ADMIN, create('aws_iam_role', { ...trust({}), managed_policy_arns: [ADMIN] })],
    [ADMIN, create('aws_iam_policy_attachment', { roles: ['r'], policy_arn: ADMIN })],
    ...HOLDERS.map((who) => {
      const attachment = { [who]: 'x', policy_arn: ADMIN };
      return [ADMIN, create(`aws_iam_${who}_policy_attachment`, attachment)] as const;
    }),
  ],
  'managed-policy': HOLDERS.map((who) => {
    const attachments = { [`${who}_name`]: 'x', policy_arns: [ADMIN] };
    const type = `aws_iam_${who}_policy_attachments_exclusive`;
    return [ADMIN, create(type, attachments)];
  }),
  'protection-stays': [
    [
      'no longer has the permissions boundary',
      update('aws_iam_role', { ...trust({}), permissions_boundary: 'arn:b' }, trust({})),
    ],
    ['no longer blocks public access to the bucket', destroy('aws_s3_bucket_public_access_block', guard)],
    [
      '`block_public_acls` is `false`',
      update('aws_s3_bucket_public_access_block', guard, { ...guard, block_public_acls: false }),
    ],
    ['is `false`', create('aws_s3_account_public_access_block', { block_public_acls: false })],
    ['no longer denies `s3:*`', destroy('aws_s3_bucket_policy', { bucket: 'b', policy: denial })],
  ],
  'nothing-public': [
    ['is public', create('aws_ami_launch_permission', { group: 'all' })],
    ['`acl` is `public-read`', update('aws_s3_bucket_acl', { acl: 'private' }, { acl: 'public-read' })],
    [
      'is public',
      create('aws_s3_bucket_acl', {
        access_control_policy: [{ grant: [{ grantee: [{ uri: ALL_USERS }] }] }],
      }),
    ],
    ['is public', create('aws_lambda_function_url', { authorization_type: 'NONE' })],
    [
      '`publicly_accessible` is `true`',
      update('aws_rds_cluster_instance', { publicly_accessible: false }, { publicly_accessible: true }),
    ],
  ],
  'own-destinations': [
    [
      FOREIGN,
      create('aws_cloudwatch_log_subscription_filter', { destination_arn: foreign('logs', 'destination:x') }),
    ],
    [
      FOREIGN,
      create('aws_cloudwatch_log_account_policy', {
        policy_document: JSON.stringify({ DestinationArn: foreign('logs', 'destination:x') }),
      }),
    ],
    [
      'arn:aws:s3:::evil',
      create('aws_s3_bucket_replication_configuration', {
        rule: [{ destination: [{ bucket: 'arn:aws:s3:::evil' }] }],
      }),
    ],
    [FOREIGN, create('aws_sns_topic_subscription', { endpoint: foreign('sqs', 'q') })],
    [FOREIGN, create('aws_cloudwatch_event_target', { arn: foreign('events', 'event-bus/x') })],
  ],
  'no-standing-access': [
    'access_key',
    'user_login_profile',
    'openid_connect_provider',
    'saml_provider',
    'user_ssh_key',
  ].map((name) => [`aws_iam_${name}.A`, create(`aws_iam_${name}`, { user: 'u' })]),
  'own-roles': [
    [
      'changes its role: `r/small` → `r/admin`',
      update('aws_lambda_function', { role: 'r/small' }, { role: 'r/admin' }),
    ],
  ],
  'pass-role': [
    [
      'can pass any role',
      create('aws_iam_role_policy', {
        role: 'r',
        policy: statement({
          Action: 'iam:PassRole',
          Resource: 'arn:aws:iam::1:role/a*',
          Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
        }),
      }),
    ],
    [
      'can pass any role',
      create('aws_iam_role_policy', {
        role: 'r',
        policy: statement({ NotAction: 's3:*', NotResource: 'x' }),
      }),
    ],
  ],
  'known-types': [
    ['unclassified type', create('aws_of_next_year', {})],
    ['unclassified type', update('github_team_membership', { a: 1 }, { a: 2 })],
  ],
};

/** Changes that open the network to the internet. */
const OPENING: readonly Change[] = [
  create('aws_security_group', { ingress: [open] }),
  update('aws_default_security_group', { ingress: [] }, { ingress: [open] }),
  create('aws_vpc_security_group_ingress_rule', { cidr_ipv6: '::/0' }),
  create('aws_security_group_rule', { type: 'ingress', cidr_blocks: ['128.0.0.0/1'] }),
  create('aws_internet_gateway', {}),
  create('aws_route', { destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-1' }),
  create('aws_route_table', { route: [{ ...outside, gateway_id: 'igw-1' }] }),
  create('aws_lb', { name: 'l', internal: false }),
  create('aws_eks_cluster', { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: WORLD }] }),
];

/** Changes without a finding. */
const HARMLESS: readonly (readonly [string, readonly Change[]])[] = [
  ['The own account', [create('aws_iam_role', trust({ Principal: { AWS: OWN } }))]],
  ['A limited service', [create('aws_lambda_permission', { ...forBuckets, source_account: OWN })]],
  ['A source that is known after apply', [create('aws_lambda_permission', forBuckets, { source_arn: true })]],
  [
    'A guard that is destroyed with its bucket',
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
  ['A provider without resources in AWS', [create('random_password', {}), create('null_resource', {})]],
];

async function checked(changes: readonly Change[]): Promise<{ rules: string[]; summary: string }> {
  const named = changes.map((change, index) => ({ ...change, ...(index > 0 && { name: `A${index}` }) }));
  const plan = planOf(named, PRIOR_STATE);
  const { summary } = await reviewPlans([plan], NOW);
  return { rules: findingsIn(changesOf(plan)).map(({ rule }) => rule), summary };
}

const cases = Object.entries(WIDENING).flatMap(([rule, rows]) =>
  rows.map(([words, change]) => [rule, change.type, words, change] as const),
);

test.each(cases)(
  'The rule %s finds %s, which is first in the summary: %s.',
  async (rule, _, words, change) => {
    const { rules, summary } = await checked([change]);
    expect(rules).toContain(rule);
    expect(summary.split('**')[0]).toBe('');
    expect(summary.split('**')[1]).toContain(words);
  },
);

test.each(OPENING)('$type that is open to the internet is first in the summary.', async (change) => {
  const { rules, summary } = await checked([change]);
  expect(rules).toContain('no-way-in');
  expect(summary).toMatch(/^\*\*network opened to the internet\*\*/);
});

const ACCESS_RULES =
  /^(no-outsiders|trust-condition|nothing-public|own-|protection-stays|no-standing|no-way-in|pass-role|known-types)/;

test.each(HARMLESS)('%s is not a finding.', async (_, changes) => {
  const { rules, summary } = await checked(changes);
  expect(rules.filter((rule) => ACCESS_RULES.test(rule))).toEqual([]);
  expect(summary).not.toMatch(/grants|assumed|public|opened to the internet|no longer/);
});

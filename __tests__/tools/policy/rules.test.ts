import { readConfiguration, type Configuration } from '../../../tools/policy/configuration';
import { findingsIn, RULES } from '../../../tools/policy/gate';

type Attributes = Readonly<Record<string, unknown>>;

/** A stack of resources by `TYPE.ID`; references are to the ID `X`. */
function stackOf(resources: Readonly<Record<string, Attributes>>, tags?: Attributes): Configuration {
  const resource: Record<string, Record<string, Attributes>> = {};
  for (const [name, attributes] of Object.entries(resources)) {
    const [type = '', id = ''] = name.split('.');
    resource[type] = { ...resource[type], [id]: attributes };
  }
  const provider = { aws: [{ default_tags: [{ tags: tags ?? GOOD_TAGS }] }] };
  return readConfiguration(JSON.stringify({ resource, provider }), 'test');
}

const GOOD_TAGS = { project: 'p', stage: 's', 'managed-by': 'cdktf' };

const policy = (...Statement: Attributes[]): Attributes => ({ policy: JSON.stringify({ Statement }) });
const allow = (Action: unknown, Resource: unknown, more: Attributes = {}): Attributes => ({
  Sid: 'S',
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const rolePolicy = (...statements: Attributes[]) => ({ 'aws_iam_role_policy.X': policy(...statements) });
const bucket = { 'aws_s3_bucket.X': { bucket: 'a-bucket' } };
const ofBucket = { bucket: '${aws_s3_bucket.X.id}' };
const accessBlock = (more: Attributes) => ({
  ...bucket,
  'aws_s3_bucket_public_access_block.B': {
    ...ofBucket,
    block_public_acls: true,
    ignore_public_acls: true,
    ...more,
  },
});
const application = (attributes: Attributes) => ({ 'aws_emrserverless_application.X': attributes });
const aFunction = (log_group: string) => ({
  'aws_lambda_function.X': { logging_config: { log_group } },
  'aws_cloudwatch_log_group.G': { name: 'g' },
});
const stream = (server_side_encryption: unknown) => ({
  'aws_kinesis_firehose_delivery_stream.X': { server_side_encryption },
});
const maximum_capacity = { cpu: '4 vCPU' };
const ACCOUNT = '${data.aws_caller_identity.a.account_id}';

/** Rule, resources that break it, words of the finding, and similar resources that do not break it. */
const CASES: [string, Record<string, Attributes>, string, Record<string, Attributes>][] = [
  [
    'policy-readable',
    { 'aws_iam_role_policy.X': { policy: '${data.aws_iam_policy_document.d.json}' } },
    'not a valid IAM policy',
    rolePolicy(allow('s3:GetObject', 'arn:aws:s3:::b/*')),
  ],
  [
    'wildcard-action',
    rolePolicy(allow(['s3:GetObject', 's3:Put*'], 'arn:aws:s3:::b/*')),
    'allows s3:Put*',
    rolePolicy({ Effect: 'Deny', Action: 's3:*', Resource: '*' }),
  ],
  [
    'wildcard-resource',
    rolePolicy(allow('s3:GetObject', ['arn:aws:s3:::b/*', '*'])),
    'allows s3:GetObject on *',
    rolePolicy(allow('s3:GetObject', 'arn:aws:s3:::b/*')),
  ],
  ...['arn:aws:s3:::*/*', 'arn:aws:lambda:*:*:function:*', `arn:aws:iam::${ACCOUNT}:role/*`].map(
    (resource): (typeof CASES)[number] => [
      'wildcard-resource',
      rolePolicy(allow('x:Do', resource)),
      'allows x:Do on arn:',
      rolePolicy(allow('ec2:DeleteTags', `arn:aws:ec2:r:${ACCOUNT}:instance/*`)),
    ],
  ),
  [
    'no-negation',
    rolePolicy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }),
    'allows by NotAction',
    rolePolicy({ Effect: 'Deny', NotAction: 's3:GetObject', Resource: '*' }),
  ],
  [
    'managed-policy',
    { 'aws_iam_role_policy_attachment.X': { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    'attaches arn:aws:iam::aws:policy/AdministratorAccess',
    {},
  ],
  [
    'no-log-group-creation',
    rolePolicy(allow('logs:Create*', 'arn:aws:logs:r:1:log-group:g')),
    'define the group in the stack',
    rolePolicy(allow('logs:CreateLogStream', 'arn:aws:logs:r:1:log-group:g')),
  ],
  [
    'bucket-encryption',
    bucket,
    'no encryption',
    {
      ...bucket,
      'aws_s3_bucket_server_side_encryption_configuration.E': {
        ...ofBucket,
        rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
      },
    },
  ],
  [
    'bucket-public-access',
    accessBlock({ block_public_policy: false }),
    'does not set block_public_policy, restrict_public_buckets',
    accessBlock({ block_public_policy: true, restrict_public_buckets: true }),
  ],
  ...[
    ['bucket-tls', 'aws_s3_bucket', 'aws_s3_bucket_policy', 'bucket', 'id'],
    ['queue-tls', 'aws_sqs_queue', 'aws_sqs_queue_policy', 'queue_url', 'url'],
    ['topic-tls', 'aws_sns_topic', 'aws_sns_topic_policy', 'arn', 'arn'],
  ].map(([rule, owner, type, name, key]): (typeof CASES)[number] => {
    const deny = policy({
      Effect: 'Deny',
      Principal: '*',
      Action: '*',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    const part = (id: string) => ({
      [`${owner}.X`]: {},
      [`${type}.P`]: { ...deny, [name ?? '']: `\${${owner}.${id}.${key}}` },
    });
    // Part Y is a policy of another resource.
    return [rule ?? '', part('Y'), 'aws:SecureTransport', part('X')];
  }),
  [
    'queue-encryption',
    { 'aws_sqs_queue.X': { sqs_managed_sse_enabled: false } },
    'sqs_managed_sse_enabled',
    { 'aws_sqs_queue.X': { kms_master_key_id: 'alias/k' } },
  ],
  ['stream-encryption', stream({ enabled: false }), 'no server_side_encryption', stream([{ enabled: true }])],
  ['key-rotation', { 'aws_kms_key.X': {} }, 'rotation', { 'aws_kms_key.X': { enable_key_rotation: true } }],
  [
    'log-retention',
    { 'aws_cloudwatch_log_group.X': { name: 'g', retention_in_days: 0 } },
    'does not expire',
    { 'aws_cloudwatch_log_group.X': { name: 'g', retention_in_days: 30 } },
  ],
  ['function-logs', aFunction('h'), 'without retention', aFunction('g')],
  ['no-nat', { 'aws_nat_gateway.X': {} }, 'billed by the hour', { 'aws_vpc_endpoint.X': {} }],
  ['no-internet', { 'aws_lambda_function_url.X': {} }, 'to the internet', { 'aws_route_table.X': {} }],
  [
    'no-warm-capacity',
    application({ initial_capacity: [{ initial_capacity_type: 'Driver' }] }),
    'billed while it is idle',
    application({ initial_capacity: [] }),
  ],
  [
    'application-limits',
    application({ maximum_capacity }),
    'does not stop when it is idle',
    application({ maximum_capacity, auto_stop_configuration: { enabled: true } }),
  ],
  ['no-standing-cluster', { 'aws_emr_cluster.X': {} }, 'until it is destroyed', {}],
  [
    'function-runtime',
    { 'aws_lambda_function.X': { runtime: 'nodejs18.x' } },
    'nodejs18.x',
    { 'aws_lambda_function.X': { runtime: 'nodejs22.x' } },
  ],
];

const found = (configuration: Configuration, rule: string) =>
  findingsIn(configuration).filter((finding) => finding.rule === rule);

describe.each(CASES)('The rule %s', (rule, bad, problem, good) => {
  test('finds a violation.', () => {
    expect(found(stackOf(bad), rule)).toEqual([
      expect.objectContaining({ problem: expect.stringContaining(problem) as string }),
    ]);
  });

  test('accepts similar resources.', () => {
    expect(found(stackOf(good), rule)).toEqual([]);
  });
});

test('The rule tags requires three tags.', () => {
  expect(found(stackOf({}), 'tags')).toEqual([]);
  expect(found(stackOf({}, { project: 'p', stage: '' }), 'tags').map(({ problem }) => problem)).toEqual([
    expect.stringContaining('"stage"'),
    expect.stringContaining('"managed-by"'),
  ]);
});

/** Rules with cases in __tests__/tools/access/. */
const OF_ACCESS = [
  'known-types',
  'no-outsiders',
  'trust-condition',
  'pass-role',
  'no-administrator',
  'nothing-public',
  'no-way-in',
  'own-destinations',
  'protection-stays',
  'own-roles',
  'no-standing-access',
];

test('Every rule has a case.', () => {
  const tested = new Set([...CASES.map(([rule]) => rule), ...OF_ACCESS, 'tags']);
  expect(RULES.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([]);
});

test('A finding has the Sid of its statement.', () => {
  const configuration = stackOf(rolePolicy(allow('s3:GetObject', '*', { Sid: 'ReadAll' })));
  expect(found(configuration, 'wildcard-resource')).toMatchObject([{ statement: 'ReadAll', stack: 'test' }]);
});

test('The error about a stack that is not valid has the command to run.', () => {
  expect(() => readConfiguration('{', 'covid')).toThrow(
    'The cdk.tf.json of the stack covid is not valid. Synthesize it again: npm run synth.',
  );
});

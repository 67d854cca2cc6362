import { covers } from '../../../tools/access/policy-document';
import { reviewOf, textOf, type Change } from './plan-of';

const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const allow = (Action: unknown, Resource: unknown, rest: object = {}): object => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});

const rolePolicy = (before: string, after: string): Change => ({
  type: 'aws_iam_role_policy',
  before: { role: 'job', policy: before },
  after: { role: 'job', policy: after },
});

async function verdictOf(...changes: Change[]): Promise<string> {
  return (await reviewOf(changes)).verdict;
}

describe('permissions', () => {
  const mfa = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

  it.each([
    [
      'another action',
      policy(allow('s3:GetObject', 'a')),
      policy(allow(['s3:GetObject', 's3:PutObject'], 'a')),
      'widened',
    ],
    ['a wildcard', policy(allow('s3:GetObject', 'a')), policy(allow('s3:Get*', 'a')), 'widened'],
    ['one action fewer', policy(allow('s3:Get*', 'a')), policy(allow('s3:GetObject', 'a')), 'narrowed'],
    [
      'another resource',
      policy(allow('s3:GetObject', 'a')),
      policy(allow('s3:GetObject', 'b')),
      'widened and narrowed',
    ],
    [
      'a condition that goes',
      policy(allow('s3:GetObject', 'a', mfa)),
      policy(allow('s3:GetObject', 'a')),
      'widened',
    ],
    [
      'a new condition',
      policy(allow('s3:GetObject', 'a')),
      policy(allow('s3:GetObject', 'a', mfa)),
      'narrowed',
    ],
    ['a denial that goes', policy({ ...allow('s3:*', 'a'), Effect: 'Deny' }), policy(), 'widened'],
  ])('are compared by what they allow: %s', async (_, before, after, word) => {
    expect(await verdictOf(rolePolicy(before, after))).toBe(
      `${word.startsWith('widened') ? '**' : ''}IAM ${word}${word.startsWith('widened') ? '**' : ''} (\`job\`), 1 to change`,
    );
  });

  it('are not different when only written differently', async () => {
    const text = await textOf([
      rolePolicy(
        policy(allow(['s3:GetObject', 's3:PutObject'], 'a')),
        policy(allow('s3:PutObject', ['a']), allow('s3:GetObject', 'a')),
      ),
    ]);
    expect(text).toContain('1 policy written differently, allowing the same as before');
    expect(text).not.toContain('widened');
  });

  it.each<[string, Change]>([
    [
      'trust',
      {
        type: 'aws_iam_role',
        before: { name: 'job', assume_role_policy: policy() },
        after: {
          name: 'job',
          assume_role_policy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } }),
        },
      },
    ],
    [
      'a queue',
      {
        type: 'aws_sqs_queue_policy',
        before: { queue_url: 'https://x/q', policy: policy() },
        after: {
          queue_url: 'https://x/q',
          policy: policy({ ...allow('sqs:SendMessage', '*'), Principal: '*' }),
        },
      },
    ],
    [
      'a function',
      {
        type: 'aws_lambda_permission',
        actions: ['create'],
        before: null,
        after: { function_name: 'f', principal: 's3.amazonaws.com', action: 'lambda:InvokeFunction' },
      },
    ],
    [
      'a managed policy',
      {
        type: 'aws_iam_role_policy_attachment',
        actions: ['create'],
        before: null,
        after: { role: 'job', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ],
  ])('count for %s too', async (_, change) => {
    expect(await verdictOf(change)).toContain('**IAM widened**');
  });
});

describe('covers', () => {
  it.each([
    ['*', 'anything', true],
    ['a/*', 'a/b/*', true],
    ['a/*', 'a*', false],
    ['a/?', 'a/*', false],
    ['*x*y', 'axbxcy', true],
    ['a', 'A', false],
  ])('%s over %s: %s', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });
});

it('tells apart a network that opens to the world', async () => {
  const rule = (cidr_ipv4: string): object => ({ cidr_ipv4, ip_protocol: 'tcp', from_port: 22, to_port: 22 });
  const type = 'aws_vpc_security_group_ingress_rule';
  expect(await verdictOf({ type, before: rule('10.0.0.0/8'), after: rule('0.0.0.0/0') })).toContain(
    '**network opened to the world**',
  );
  expect(await verdictOf({ type, before: rule('10.0.0.0/8'), after: rule('10.1.0.0/16') })).not.toContain(
    'world',
  );
});

it('says so when a price is not known', async () => {
  const machine = (InstanceType: string): object => ({
    name: 'm',
    definition: JSON.stringify({
      StartAt: 'Create',
      States: {
        Create: {
          Type: 'Task',
          Resource: 'arn:aws:states:::elasticmapreduce:createCluster.sync',
          Arguments: { Instances: { InstanceGroups: [{ InstanceType, InstanceCount: 1 }] } },
          TimeoutSeconds: 3600,
          End: true,
        },
      },
    }),
  });
  const text = await textOf([
    { type: 'aws_sfn_state_machine', before: machine('m5.xlarge'), after: machine('x9.huge') },
  ]);
  expect(text).toContain('cost unknown');
  expect(text).toContain('unknown price of x9.huge');
});

it('keeps drift apart from the change', async () => {
  const drifted = {
    address: 'aws_sqs_queue.Q',
    type: 'aws_sqs_queue',
    name: 'Q',
    change: {
      actions: ['update'],
      before: { name: 'q', delay_seconds: 0 },
      after: { name: 'q', delay_seconds: 9 },
    },
  };
  const review = await reviewOf([], { resource_drift: [drifted] });
  expect(review.verdict).toBe('1 drifted');
  expect(review.sections.map(({ title }) => title)).toEqual(['Drift']);
});

it('warns of workers that are kept ready', async () => {
  const application = { id: 'a', name: 'app' };
  const after = { ...application, initial_capacity: [{ initial_capacity_type: 'Driver' }] };
  expect(await verdictOf({ type: 'aws_emrserverless_application', before: application, after })).toContain(
    '**pre-initialized capacity**',
  );
});

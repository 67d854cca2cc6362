import { covers } from '../../../tools/access/policy-document';
import { renderReview } from '../../../tools/plan-review/review';
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

async function summaryOf(...changes: Change[]): Promise<string> {
  return (await reviewOf(changes)).summary;
}

describe('Permissions', () => {
  const get = allow('s3:GetObject', 'a');
  const getWithMfa = allow('s3:GetObject', 'a', {
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  });

  test.each<[string, object[], object[], string]>([
    ['another action', [get], [allow(['s3:GetObject', 's3:PutObject'], 'a')], '**IAM widened**'],
    ['a wildcard', [get], [allow('s3:Get*', 'a')], '**IAM widened**'],
    ['a removed action', [allow('s3:Get*', 'a')], [get], 'IAM narrowed'],
    ['another resource', [get], [allow('s3:GetObject', 'b')], '**IAM widened and narrowed**'],
    ['a removed condition', [getWithMfa], [get], '**IAM widened**'],
    ['a new condition', [get], [getWithMfa], 'IAM narrowed'],
    ['a removed Deny statement', [{ ...allow('s3:*', 'a'), Effect: 'Deny' }], [], '**IAM widened**'],
  ])('are compared by what they allow: %s.', async (_, before, after, words) => {
    const change = rolePolicy(policy(...before), policy(...after));
    expect(await summaryOf(change)).toBe(`${words} (\`job\`), 1 to change`);
  });

  test('are equal when only their text differs.', async () => {
    const text = await textOf([
      rolePolicy(
        policy(allow(['s3:GetObject', 's3:PutObject'], 'a')),
        policy(allow('s3:PutObject', ['a']), allow('s3:GetObject', 'a')),
      ),
    ]);
    expect(text).toContain('1 policy with changed text and the same permissions');
    expect(text).not.toContain('widened');
  });

  const publicRole = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } });
  const publicQueue = policy({ ...allow('sqs:SendMessage', '*'), Principal: '*' });
  const permission = { function_name: 'f', principal: 's3.amazonaws.com', action: 'lambda:InvokeFunction' };
  const attachment = { role: 'job', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' };

  test.each<[string, object | undefined, object]>([
    ['aws_iam_role', { assume_role_policy: policy() }, { assume_role_policy: publicRole }],
    ['aws_sqs_queue_policy', { policy: policy() }, { policy: publicQueue }],
    ['aws_lambda_permission', undefined, permission],
    ['aws_iam_role_policy_attachment', undefined, attachment],
  ])('are compared for %s.', async (type, before, after) => {
    const actions = [before === undefined ? 'create' : 'update'];
    expect(await summaryOf({ type, actions, before: before ?? null, after })).toContain('**IAM widened**');
  });
});

describe('A pattern', () => {
  test.each([
    ['*', 'anything', true],
    ['a/*', 'a/b/*', true],
    ['a/*', 'a*', false],
    ['a/?', 'a/*', false],
    ['*x*y', 'axbxcy', true],
    ['a', 'A', false],
  ])('%s covers %s: %s.', (outer, inner, expected) => {
    expect(covers(outer, inner)).toBe(expected);
  });
});

test('The summary shows whether the network is opened to the internet.', async () => {
  const rule = (cidr_ipv4: string): object => ({ cidr_ipv4, ip_protocol: 'tcp', from_port: 22, to_port: 22 });
  const type = 'aws_vpc_security_group_ingress_rule';
  expect(await summaryOf({ type, before: rule('10.0.0.0/8'), after: rule('0.0.0.0/0') })).toContain(
    '**network opened to the internet**',
  );
  expect(await summaryOf({ type, before: rule('10.0.0.0/8'), after: rule('10.1.0.0/16') })).not.toContain(
    'internet',
  );
});

/** A state machine with one task. */
const machine = (before: object | undefined, after: object): Change => {
  const definition = (state: object): string =>
    JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Task', End: true, ...state } } });
  return {
    type: 'aws_sfn_state_machine',
    actions: [before === undefined ? 'create' : 'update'],
    before: before === undefined ? null : { name: 'm', definition: definition(before) },
    after: { name: 'm', definition: definition(after) },
  };
};

describe('Cost', () => {
  const created = (type: string, after: object = {}): Change => ({
    type,
    actions: ['create'],
    before: null,
    after,
  });
  const cluster = (InstanceType: string): object => ({
    Resource: 'arn:aws:states:::elasticmapreduce:createCluster.sync',
    Arguments: { Instances: { InstanceGroups: [{ InstanceType, InstanceCount: 1 }] } },
    TimeoutSeconds: 3600,
  });

  test('of a run is unknown when a price is unknown.', async () => {
    const text = await textOf([machine(cluster('m5.xlarge'), cluster('x9.huge'))]);
    expect(text).toContain('cost unknown');
    expect(text).toContain('unknown price of x9.huge');
    expect(text).not.toContain('(at most');
  });

  test('lists resources without a price, and is "at most" only without such resources.', async () => {
    const key = created('aws_kms_key');
    const text = await textOf([key, created('aws_db_instance'), created('aws_lb'), created('aws_iam_role')]);
    expect(text).toContain('+$0.03 per day, 1 of 3 new resources priced\n');
    expect(text).toContain('- 🟧 Not priced: 1 `aws_db_instance`, 1 `aws_lb`');
    expect(text).not.toContain('at most');
    expect(await textOf([key])).toContain('+$0.03 per day, 1 of 1 new resource priced (at most');
  });

  test('of an unclassified type is not priced.', async () => {
    expect(await textOf([created('aws_of_next_year')])).toContain('Not priced: 1 `aws_of_next_year`');
  });

  test('of pre-initialized workers is shown per hour and is not in the sum.', async () => {
    const config = { worker_count: 5, worker_configuration: [{ cpu: '4 vCPU', memory: '20 GB' }] };
    const initial_capacity = [{ initial_capacity_type: 'Driver', initial_capacity_config: [config] }];
    const text = await textOf([created('aws_emrserverless_application', { name: 'a', initial_capacity })]);
    // 5 × (4 × 0.052624 + 20 × 0.0057785)
    expect(text).toContain('**pre-initialized workers**');
    expect(text).toContain(
      'pre-initialized workers of `a` ($1.63 per hour while the application is started)',
    );
  });

  test('that is not from a page of AWS is marked as an estimate.', async () => {
    const text = await textOf([created('aws_nat_gateway', { id: 'n' })]);
    expect(text).toContain('≈ +$1.08 per day');
    expect(text).toContain('| ≈ $1.08 |');
  });
});

describe('A state machine without release rules', () => {
  const lineOf = (Resource: string): Promise<string> => textOf([machine({ Resource: 'x' }, { Resource })]);

  test.each([
    'arn:aws:states:::sqs:sendMessage',
    'arn:aws:states:::lambda:invoke',
    'arn:aws:states:::aws-sdk:s3:getObject',
    'arn:aws:lambda:us-east-1:000000000000:function:f',
  ])('starts no compute with %s.', async (resource) => {
    expect(await lineOf(resource)).toContain('It starts no compute.');
  });

  test.each([
    'arn:aws:states:::ecs:runTask.sync',
    'arn:aws:states:::batch:submitJob.sync',
    'arn:aws:states:::glue:startJobRun',
    'arn:aws:states:::aws-sdk:ec2:runInstances',
    'arn:aws:states:::sagemaker:createTrainingJob.sync',
  ])('starts compute without a proved release with %s.', async (resource) => {
    expect(await lineOf(resource)).toContain('**compute without a release rule**');
  });

  test.each(['arn:aws:states:::states:startExecution', 'arn:aws:states:::aws-sdk:neptune:startDBCluster'])(
    'has unchecked calls with %s.',
    async (resource) => {
      const text = await lineOf(resource);
      expect(text).not.toContain('It starts no compute');
      expect(text).toContain(`It calls \`${resource}\`: whether these calls start compute`);
    },
  );

  test('is also searched in nested states.', async () => {
    const inner = { StartAt: 'B', States: { B: { Type: 'Task', Resource: 'arn:aws:states:::ecs:runTask' } } };
    const text = await textOf([machine({ Type: 'Pass' }, { Type: 'Map', ItemProcessor: inner })]);
    expect(text).toContain('**compute without a release rule**');
  });
});

test('A state machine that is too large for a diagram has a table of its transitions.', async () => {
  const definition = (count: number, choices: number): string => {
    const Choices = Array.from({ length: choices }, (_, choice) => ({ Condition: `${choice}`, Next: 'S0' }));
    const names = Array.from({ length: count }, (_, index) => `S${index}`);
    const States = Object.fromEntries(
      names.map((name) => [name, { Type: 'Choice', Choices, Default: 'S1' }]),
    );
    return JSON.stringify({ StartAt: 'S0', States });
  };
  const before = { name: 'm', definition: definition(2, 1) };
  const reviewed = (after: string): Promise<string> =>
    textOf([{ type: 'aws_sfn_state_machine', before, after: { name: 'm', definition: after } }]);
  expect(await reviewed(definition(20, 5))).toContain('```mermaid');
  for (const large of [definition(20, 30), definition(90, 1)]) {
    const text = await reviewed(large);
    expect(text).not.toContain('```mermaid');
    expect(text).toContain('| added | `S2` | `S0` |');
    expect(text).toMatch(/\d+ more rows omitted/);
  }
});

describe('Drift', () => {
  const drifted = (name: string, before: object, after: object): object => ({
    address: `aws_sqs_queue.${name}`,
    type: 'aws_sqs_queue',
    name,
    change: { actions: ['update'], before: { name, ...before }, after: { name, ...after } },
  });
  const reviewed = (...resource_drift: object[]) => reviewOf([], { resource_drift });

  test('is a separate section.', async () => {
    const review = await reviewed(drifted('q', { delay_seconds: 0 }, { delay_seconds: 9 }));
    expect(review.summary).toBe('1 drifted');
    expect(review.sections.map(({ title }) => title)).toEqual(['Drift']);
  });

  test('of tags only is reported.', async () => {
    const review = await reviewed(drifted('q', { tags: { owner: 'a' } }, { tags: { owner: 'b' } }));
    expect(review.summary).toBe('1 drifted');
    expect(renderReview(review).text).toContain('| `aws_sqs_queue.q` | `tags.owner` | `a` | `b` |');
  });

  test('of a provider upgrade in many resources is one line and not in the summary.', async () => {
    const names = ['a', 'b', 'c'];
    const echoes = names.map((name) => drifted(name, {}, { region: 'us-east-1' }));
    const review = await reviewed(...echoes);
    expect(review.summary).toBe('No change');
    expect(renderReview(review).text).toContain(
      '- `new attribute region` in 3 resources, as after a provider upgrade',
    );
    const own = drifted('d', { delay_seconds: 0 }, { delay_seconds: 9, region: 'us-east-1' });
    expect((await reviewed(...echoes, own)).summary).toBe('1 drifted');
    expect((await reviewed(...echoes.slice(1))).summary).toBe('2 drifted');
  });
});

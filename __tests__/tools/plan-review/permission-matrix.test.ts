import { reviewOf, textOf, type Change } from './plan-of';

const ROLE = 'shop-prod-ingestion-eu-west-3';
const stream = 'arn:aws:firehose:eu-west-3:210987654321:deliverystream/shop-prod-firehose-delivery-stream';
const logs =
  'arn:aws:logs:eu-west-3:210987654321:log-group:/aws/lambda/shop-prod-ingestion-lambda:log-stream:*';

const allow = (Action: unknown, Resource: unknown): object => ({ Effect: 'Allow', Action, Resource });
const policy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const writeLogs = allow('logs:PutLogEvents', logs);
const declared = policy(allow(['firehose:PutRecord', 'firehose:PutRecordBatch'], stream), writeLogs);
const silent = policy(writeLogs);
const destructive = policy(allow('firehose:*', stream), writeLogs);

/** An update of a role's inline policy; without `after` it is known only after the apply. */
const change = (before: string | undefined, after: string | undefined, role = ROLE): Change => ({
  type: 'aws_iam_role_policy',
  name: role,
  actions: [before === undefined ? 'create' : 'update'],
  ...(before !== undefined && { before: { role, policy: before } }),
  after: after === undefined ? { role } : { role, policy: after },
  after_unknown: after === undefined ? { policy: true } : {},
});

const summaryOf = async (...changes: Change[]): Promise<string> => (await reviewOf(changes)).summary;

/** The line about the declaration of a role. */
async function lineOf(...changes: Change[]): Promise<string> {
  const line = (await textOf(changes))
    .split('\n')
    .find((text) => /declared/i.test(text) && text.startsWith('- '));
  return line ?? '';
}

describe('a role that may do what it must not', () => {
  test('is in the summary, whatever its prefix, stage, account and region', async () => {
    expect(await summaryOf(change(declared, destructive))).toContain(
      `**\`${ROLE}\` can now \`firehose:DeleteDeliveryStream\`, which it must not**`,
    );
  });

  test('is shown with the request that is allowed now, and the number of those that hold', async () => {
    const text = await textOf([change(declared, destructive)]);
    expect(text).toContain(
      '**must not, now can** `firehose:DeleteDeliveryStream`; 6 of 7 requests as declared',
    );
    expect(text).toContain(
      `| 🟥 | must not | \`firehose:DeleteDeliveryStream\` | \`${stream}\` |  | refused | allowed |`,
    );
  });

  test('is not shown as new when it could before', async () => {
    const wider = policy(allow('firehose:*', stream), allow('logs:*', logs));
    expect(await summaryOf(change(destructive, wider))).not.toContain('which it must not');
    expect(await lineOf(change(destructive, wider))).toContain(
      'must not, can as before `firehose:DeleteDeliveryStream`',
    );
  });

  test('is shown when it is new, whose other answers are not a change', async () => {
    expect(await summaryOf(change(undefined, destructive))).toContain('which it must not');
    expect(await lineOf(change(undefined, destructive))).not.toContain('now can what it must');
  });

  test('is fixed by a narrower policy', async () => {
    expect(await summaryOf(change(destructive, declared))).toBe(`IAM narrowed (\`${ROLE}\`), 1 to change`);
    expect(await lineOf(change(destructive, declared))).toMatch(
      /^- 🟩 .*no longer can what it must not `firehose:DeleteDeliveryStream`; 7 of 7 requests as declared$/,
    );
  });
});

describe('a role that is narrowed', () => {
  test('may no longer do what it must', async () => {
    expect(await summaryOf(change(declared, silent))).toContain(
      `**\`${ROLE}\` can no longer \`firehose:PutRecordBatch\`, which it must**`,
    );
  });

  test('is reported too when it could not from its beginning', async () => {
    expect(await summaryOf(change(undefined, silent))).toContain(
      `**\`${ROLE}\` cannot \`firehose:PutRecordBatch\`, which it must**`,
    );
  });

  test('may lose it by the end of its policy, or by a denial', async () => {
    const end = {
      type: 'aws_iam_role_policy',
      actions: ['delete'],
      before: { role: ROLE, policy: declared },
    };
    expect(await summaryOf(end)).toContain('can no longer `firehose:PutRecordBatch`, `logs:PutLogEvents`');
    const denial = { Effect: 'Deny', Action: 'firehose:*', Resource: '*' };
    const denied = policy(allow('firehose:PutRecordBatch', stream), writeLogs, denial);
    expect(await summaryOf(change(declared, denied))).toContain('can no longer `firehose:PutRecordBatch`');
  });

  test('is not reported when another of its policies still allows it, or when it goes itself', async () => {
    const second = { ...change(declared, declared), name: 'second', actions: ['no-op'] };
    expect(await summaryOf(change(declared, silent), second)).not.toContain('which it must');
    const goes = [
      { type: 'aws_iam_role', actions: ['delete'], before: { name: ROLE } },
      { type: 'aws_iam_role_policy', actions: ['delete'], before: { role: ROLE, policy: declared } },
    ];
    expect(await summaryOf(...goes)).not.toContain('which it must');
  });

  test('may lose what only a setting needs', async () => {
    const role = 'clicklogger-dev-covid-service-us-east-1';
    const key = { type: 'aws_kms_key', actions: ['no-op'], before: { id: '0f' }, after: { id: '0f' } };
    const pass = {
      ...allow('iam:PassRole', 'arn:aws:iam::123456789012:role/clicklogger-dev-covid-instance-us-east-1'),
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    };
    const lend = {
      ...allow('kms:CreateGrant', 'arn:aws:kms:us-east-1:123456789012:key/0f'),
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    };
    const changes = [change(policy(pass, lend), policy(pass), role), key];
    expect(await summaryOf(...changes)).toBe(`IAM narrowed (\`${role}\`), 1 to change`);
    expect(await lineOf(...changes)).toMatch(
      /^- ⬜ .*no longer can what only a setting needs `kms:CreateGrant`/,
    );
  });
});

describe('what the plan does not answer', () => {
  test('is a policy known only after the apply', async () => {
    expect(await summaryOf(change(declared, undefined))).toBe('1 policy not comparable, 1 to change');
    expect(await lineOf(change(declared, undefined))).toContain(
      'its policy is known only after the apply, so that none of 7 requests is checked',
    );
  });

  test.each([
    ['no JSON', '{'],
    ['no policy', '{"Statement": 1}'],
    ['too long', policy(allow('firehose:PutRecordBatch', [stream, 'a'.repeat(30_000)]))],
    ['full of wildcards', policy(allow('firehose:PutRecordBatch', [stream, '*a'.repeat(40)]))],
  ])('is a policy that is %s', async (_, text) => {
    expect(await lineOf(change(declared, text))).toContain('7 requests that the plan does not answer');
  });

  test('is what a managed policy adds', async () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const attachment = {
      type: 'aws_iam_role_policy_attachment',
      actions: ['create'],
      after: { role: ROLE, policy_arn: arn },
    };
    const inline = { ...change(declared, declared), actions: ['no-op'] };
    expect(await lineOf(inline, attachment)).toContain(
      `5 requests that the plan does not answer; 2 of 7 requests as declared (it gets \`${arn}\``,
    );
  });

  test('is a resource whose id the plan does not have, when the action is allowed on any', async () => {
    const role = 'clicklogger-dev-job-status-us-east-1';
    const application = 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/00abc';
    const before = policy(allow('emr-serverless:GetJobRun', `${application}/jobruns/*`));
    const after = policy(allow(['emr-serverless:GetJobRun', 'emr-serverless:Stop*'], `${application}*`));
    const known: Change = {
      type: 'aws_emrserverless_application',
      actions: ['no-op'],
      before: { id: '00abc' },
      after: { id: '00abc' },
    };
    expect(await lineOf(change(before, after, role))).toContain('2 requests that the plan does not answer');
    expect(await summaryOf(change(before, after, role), known)).toContain(
      'can now `emr-serverless:StopApplication`, which it must not',
    );
  });
});

describe('a role', () => {
  test('keeps what is declared about a bucket that gets the declared name', async () => {
    const role = 'clicklogger-dev-job-us-east-1';
    const [old, now] = ['', '-output-123456789012'].map(
      (end) => `us-east-1-clicklogger-dev-loggregator${end}`,
    );
    const writes = (bucket = '') => policy(allow('s3:PutObject', `arn:aws:s3:::${bucket}/*`));
    const bucket = { actions: ['delete', 'create'], before: { bucket: old }, after: { bucket: now } };
    const account = { actions: ['no-op'], type: 'aws_iam_role' };
    const named = { name: role, arn: `arn:aws:iam::123456789012:role/${role}` };
    const changes = [
      { ...account, before: named, after: named },
      bucket,
      change(writes(old), writes(now), role),
    ];
    expect(await textOf(changes)).not.toContain(`| must | \`s3:PutObject\` | \`arn:aws:s3:::${now}`);
  });

  test.each(['shop-prod-other-eu-west-3', 'ingestion', 'prod-ingestion-eu-west-3', 'a|b`c'])(
    'named %s has no declaration, which is said',
    async (role) => {
      expect(await lineOf(change(declared, silent, role))).toContain(
        'Nothing is declared in stacks/permission-matrix for',
      );
    },
  );

  test('of a stage called covid is distinguished from one of the covid pipeline by its tags', async () => {
    const role = 'my-shop-covid-notifier-eu-west-3';
    const tagged = (project: string, stage: string): Change => ({
      type: 'aws_iam_role',
      actions: ['no-op'],
      before: { name: role, tags_all: { project, stage } },
      after: { name: role, tags_all: { project, stage } },
    });
    const given = change(declared, policy(), role);
    expect(await textOf([given, tagged('my-shop', 'covid')])).toContain('`emr-serverless:ListJobRuns`');
    for (const changes of [[given, tagged('my', 'shop')], [given]])
      expect(await textOf(changes)).toContain('`elasticmapreduce:DescribeCluster`');
  });

  test('whose policy is only written differently is as declared', async () => {
    const again = policy(writeLogs, allow(['firehose:PutRecordBatch', 'firehose:PutRecord'], [stream]));
    expect(await textOf([change(declared, again)])).toContain(
      `- ✅ As declared, all 7 requests: \`${ROLE}\``,
    );
  });
});

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

/** An update of a role's inline policy, which without `after` is known only after apply. */
const change = (before: string | undefined, after: string | undefined, role = ROLE): Change => ({
  type: 'aws_iam_role_policy',
  name: role,
  actions: [before === undefined ? 'create' : 'update'],
  ...(before !== undefined && { before: { role, policy: before } }),
  after: after === undefined ? { role } : { role, policy: after },
  after_unknown: after === undefined ? { policy: true } : {},
});

const summaryOf = async (...changes: Change[]): Promise<string> => (await reviewOf(changes)).summary;

/** The line about the declared permissions of a role. */
async function lineOf(...changes: Change[]): Promise<string> {
  const line = (await textOf(changes))
    .split('\n')
    .find((text) => /declar/i.test(text) && text.startsWith('- '));
  return line ?? '';
}

describe('A role with an action that is declared as denied', () => {
  test('is in the summary for any prefix, stage, account and region.', async () => {
    expect(await summaryOf(change(declared, destructive))).toContain(
      `**\`${ROLE}\` is now allowed \`firehose:DeleteDeliveryStream\`, declared as denied**`,
    );
  });

  test('is shown with the request and the number of requests as declared.', async () => {
    const text = await textOf([change(declared, destructive)]);
    expect(text).toContain(
      '**now allowed (declared as denied)** `firehose:DeleteDeliveryStream`; 6 of 7 requests as declared',
    );
    expect(text).toContain(
      `| 🟥 | denied | \`firehose:DeleteDeliveryStream\` | \`${stream}\` |  | denied | allowed |`,
    );
  });

  test('is not a regression when the action was allowed before.', async () => {
    const wider = policy(allow('firehose:*', stream), allow('logs:*', logs));
    expect(await summaryOf(change(destructive, wider))).not.toContain('declared as denied');
    expect(await lineOf(change(destructive, wider))).toContain(
      'allowed as before (declared as denied) `firehose:DeleteDeliveryStream`',
    );
  });

  test('is a regression when the role is new, and its other requests are not changes.', async () => {
    expect(await summaryOf(change(undefined, destructive))).toContain('declared as denied');
    expect(await lineOf(change(undefined, destructive))).not.toContain('now allowed as declared');
  });

  test('is fixed by a narrower policy.', async () => {
    expect(await summaryOf(change(destructive, declared))).toBe(`IAM narrowed (\`${ROLE}\`), 1 to change`);
    expect(await lineOf(change(destructive, declared))).toMatch(
      /^- 🟩 .*now denied as declared `firehose:DeleteDeliveryStream`; 7 of 7 requests as declared$/,
    );
  });
});

describe('A role with less permissions', () => {
  test('is a regression when a declared action is no longer allowed.', async () => {
    expect(await summaryOf(change(declared, silent))).toContain(
      `**\`${ROLE}\` is no longer allowed \`firehose:PutRecordBatch\`, declared as allowed**`,
    );
  });

  test('is a regression when it is new without a declared action.', async () => {
    expect(await summaryOf(change(undefined, silent))).toContain(
      `**\`${ROLE}\` is not allowed \`firehose:PutRecordBatch\`, declared as allowed**`,
    );
  });

  test('loses a declared action by the removal of its policy, or by a Deny statement.', async () => {
    const end = {
      type: 'aws_iam_role_policy',
      actions: ['delete'],
      before: { role: ROLE, policy: declared },
    };
    expect(await summaryOf(end)).toContain(
      'is no longer allowed `firehose:PutRecordBatch`, `logs:PutLogEvents`',
    );
    const denial = { Effect: 'Deny', Action: 'firehose:*', Resource: '*' };
    const denied = policy(allow('firehose:PutRecordBatch', stream), writeLogs, denial);
    expect(await summaryOf(change(declared, denied))).toContain(
      'is no longer allowed `firehose:PutRecordBatch`',
    );
  });

  test('is not a regression when another policy allows the action, or when the role is destroyed.', async () => {
    const second = { ...change(declared, declared), name: 'second', actions: ['no-op'] };
    expect(await summaryOf(change(declared, silent), second)).not.toContain('declared as');
    const goes = [
      { type: 'aws_iam_role', actions: ['delete'], before: { name: ROLE } },
      { type: 'aws_iam_role_policy', actions: ['delete'], before: { role: ROLE, policy: declared } },
    ];
    expect(await summaryOf(...goes)).not.toContain('declared as');
  });

  test('is not a regression when only a setting requires the action.', async () => {
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
      /^- ⬜ .*no longer allowed \(required only by a setting\) `kms:CreateGrant`/,
    );
  });
});

describe('A request cannot be evaluated', () => {
  test('with a policy that is known only after apply.', async () => {
    expect(await summaryOf(change(declared, undefined))).toBe('1 policy not comparable, 1 to change');
    expect(await lineOf(change(declared, undefined))).toContain(
      'the policy is known only after apply, none of 7 requests is checked',
    );
  });

  test.each([
    ['no JSON', '{'],
    ['no policy', '{"Statement": 1}'],
    ['too long', policy(allow('firehose:PutRecordBatch', [stream, 'a'.repeat(30_000)]))],
    ['full of wildcards', policy(allow('firehose:PutRecordBatch', [stream, '*a'.repeat(40)]))],
  ])('with a policy that is %s.', async (_, text) => {
    expect(await lineOf(change(declared, text))).toContain(
      '7 requests that cannot be evaluated from the plan',
    );
  });

  test('with a new managed policy.', async () => {
    const arn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const attachment = {
      type: 'aws_iam_role_policy_attachment',
      actions: ['create'],
      after: { role: ROLE, policy_arn: arn },
    };
    const inline = { ...change(declared, declared), actions: ['no-op'] };
    expect(await lineOf(inline, attachment)).toContain(
      `5 requests that cannot be evaluated from the plan; 2 of 7 requests as declared (the plan attaches \`${arn}\``,
    );
  });

  test('on a resource with an ID that is not in the plan, when a policy allows the action on any resource.', async () => {
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
    expect(await lineOf(change(before, after, role))).toContain(
      '2 requests that cannot be evaluated from the plan',
    );
    expect(await summaryOf(change(before, after, role), known)).toContain(
      'is now allowed `emr-serverless:StopApplication`, declared as denied',
    );
  });
});

describe('A role', () => {
  test('keeps the declaration about a bucket that is renamed to the declared name.', async () => {
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
    expect(await textOf(changes)).not.toContain(`| allowed | \`s3:PutObject\` | \`arn:aws:s3:::${now}`);
  });

  test.each(['shop-prod-other-eu-west-3', 'ingestion', 'prod-ingestion-eu-west-3', 'a|b`c'])(
    'named %s has no declaration, which is reported.',
    async (role) => {
      expect(await lineOf(change(declared, silent, role))).toContain(
        'No declaration in stacks/permission-matrix for',
      );
    },
  );

  test('of a stage with the name covid is distinguished from the covid pipeline by its tags.', async () => {
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

  test('with a changed text of its policy is as declared.', async () => {
    const again = policy(writeLogs, allow(['firehose:PutRecordBatch', 'firehose:PutRecord'], [stream]));
    expect(await textOf([change(declared, again)])).toContain(
      `- ✅ As declared, all 7 requests: \`${ROLE}\``,
    );
  });
});

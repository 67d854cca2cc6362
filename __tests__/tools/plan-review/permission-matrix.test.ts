import { renderReview } from '../../../tools/plan-review/review';
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

/** The summary, and the line about the declared permissions of a role with the table below it. */
async function reviewed(changes: readonly Change[]): Promise<{ summary: string; line: string }> {
  const review = await reviewOf(changes);
  const line = /^- .*declar[^]*?(?=^- |^#|^---)/im.exec(renderReview(review).text);
  return { summary: review.summary, line: line?.[0].trim() ?? '' };
}

const lineOf = async (...changes: Change[]): Promise<string> => (await reviewed(changes)).line;

const unchanged = (type: string, attributes: object): Change => ({
  type,
  actions: ['no-op'],
  before: attributes,
  after: attributes,
});
const destroyed = (type: string, before: object): Change => ({ type, actions: ['delete'], before });
const denial = { Effect: 'Deny', Action: 'firehose:*', Resource: '*' };
const wider = policy(allow('firehose:*', stream), allow('logs:*', logs));
const withDenial = policy(allow('firehose:PutRecordBatch', stream), writeLogs, denial);

const SERVICE = 'clicklogger-dev-covid-service-us-east-1';
const pass = {
  ...allow('iam:PassRole', 'arn:aws:iam::123456789012:role/clicklogger-dev-covid-instance-us-east-1'),
  Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
};
const createGrant = {
  ...allow('kms:CreateGrant', 'arn:aws:kms:us-east-1:123456789012:key/0f'),
  Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
};

const NOT_REGRESSED = /^(?!.*declared as)/;
const DELETE = '`firehose:DeleteDeliveryStream`';
const PUT = '`firehose:PutRecordBatch`';

test.each<[string, Change[], summary: string | RegExp, line?: string | RegExp]>([
  [
    'is newly allowed an action, with any prefix, stage, account and region,',
    [change(declared, destructive)],
    `**\`${ROLE}\` is now allowed ${DELETE}, declared as denied**`,
    `**now allowed (declared as denied)** ${DELETE}; 6 of 7 requests as declared`,
  ],
  [
    'is allowed an action as before',
    [change(destructive, wider)],
    NOT_REGRESSED,
    `allowed as before (declared as denied) ${DELETE}`,
  ],
  [
    'is new with a denied action',
    [change(undefined, destructive)],
    'declared as denied',
    /^(?!.*now allowed as declared)/,
  ],
  [
    'is fixed by a narrower policy',
    [change(destructive, declared)],
    /^IAM narrowed \(`shop-prod-ingestion-eu-west-3`\), 1 to change$/,
    `now denied as declared ${DELETE}; 7 of 7 requests as declared`,
  ],
  [
    'is no longer allowed an action',
    [change(declared, silent)],
    `**\`${ROLE}\` is no longer allowed ${PUT}, declared as allowed**`,
  ],
  [
    'is new without an allowed action',
    [change(undefined, silent)],
    `**\`${ROLE}\` is not allowed ${PUT}, declared as allowed**`,
  ],
  [
    'loses its policy',
    [destroyed('aws_iam_role_policy', { role: ROLE, policy: declared })],
    `is no longer allowed ${PUT}, \`logs:PutLogEvents\``,
  ],
  ['gets a Deny statement', [change(declared, withDenial)], `is no longer allowed ${PUT}`],
  [
    'has another policy with the action',
    [change(declared, silent), { ...change(declared, declared), name: 'second', actions: ['no-op'] }],
    NOT_REGRESSED,
  ],
  [
    'is destroyed with its policy',
    [
      destroyed('aws_iam_role', { name: ROLE }),
      destroyed('aws_iam_role_policy', { role: ROLE, policy: declared }),
    ],
    NOT_REGRESSED,
  ],
  [
    'loses an action that only a setting requires',
    [change(policy(pass, createGrant), policy(pass), SERVICE), unchanged('aws_kms_key', { id: '0f' })],
    /^IAM narrowed \(`clicklogger-dev-covid-service-us-east-1`\), 1 to change$/,
    /^- ⬜ .*no longer allowed \(required only by a setting\) `kms:CreateGrant`/,
  ],
  [
    'has a policy that is known only after apply',
    [change(declared, undefined)],
    /^1 policy not comparable, 1 to change$/,
    'the policy is known only after apply, none of 7 requests is checked',
  ],
])('A role that %s is compared with its declaration.', async (_, changes, summary, line = '') => {
  const review = await reviewed(changes);
  expect(review.summary).toMatch(summary);
  expect(review.line).toMatch(line);
});

test('A request that is not as declared is shown in a table.', async () => {
  expect(await lineOf(change(declared, destructive))).toContain(
    `| 🟥 | denied | ${DELETE} | \`${stream}\` |  | denied | allowed |`,
  );
});

describe('A request cannot be evaluated', () => {
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
    expect(await lineOf(change(before, after, role))).toContain(
      '2 requests that cannot be evaluated from the plan',
    );
    const known = unchanged('aws_emrserverless_application', { id: '00abc' });
    expect((await reviewed([change(before, after, role), known])).summary).toContain(
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
    const named = { name: role, arn: `arn:aws:iam::123456789012:role/${role}` };
    const changes = [unchanged('aws_iam_role', named), bucket, change(writes(old), writes(now), role)];
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
    const tagged = (project: string, stage: string): Change =>
      unchanged('aws_iam_role', { name: role, tags_all: { project, stage } });
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

import { reviewOf, textOf, type Change } from './plan-of';

const create = (type: string, after: object, after_unknown: object): Change => ({
  type,
  actions: ['create'],
  before: null,
  after,
  after_unknown,
});
const named = { name: 'n' };

/** The configuration of one resource with these attributes. */
const configuration = (type: string, ...attributes: string[]) => {
  const expressions = Object.fromEntries(attributes.map((name) => [name, { references: [] }]));
  return { configuration: { root_module: { resources: [{ address: `${type}.A`, expressions }] } } };
};
const inlinePolicy = { ...named, inline_policy: [{ name: 'x' }] };
const queue = create('aws_sqs_queue', named, { policy: true });

test.each<[string, Change, object, boolean]>([
  ['of a new role', create('aws_iam_role_policy', { role: 'r' }, { policy: true }), {}, true],
  ['of trust', create('aws_iam_role', named, { assume_role_policy: true }), {}, true],
  [
    'in a block of a role',
    create('aws_iam_role', inlinePolicy, { inline_policy: [{ policy: true }] }),
    {},
    true,
  ],
  ['of a queue in the configuration', queue, configuration('aws_sqs_queue', 'name', 'policy'), true],
  ['of a queue that AWS computes', queue, configuration('aws_sqs_queue', 'name'), false],
  ['of a role that AWS computes', create('aws_iam_role', named, { inline_policy: true }), {}, false],
])(
  'A policy %s that is known only after apply is reported when it is configured.',
  async (_, change, rest, isNamed) => {
    expect((await reviewOf([change], rest)).summary.includes('1 policy not comparable')).toBe(isNamed);
  },
);

test('A policy document that is read during apply is shown with its actions.', async () => {
  const read = {
    address: 'data.aws_iam_policy_document.d',
    mode: 'data',
    type: 'aws_iam_policy_document',
    name: 'd',
    change: {
      actions: ['read'],
      after: {
        statement: [
          { actions: ['firehose:*'], effect: null },
          { actions: ['s3:*'], effect: 'Deny' },
        ],
      },
      after_unknown: { json: true },
    },
  };
  const { type, ...change } = create('aws_iam_role_policy', { role: 'r' }, { policy: true });
  const rolePolicy = { address: `${type}.p`, mode: 'managed', type, name: 'p', change };
  const text = await textOf([], { resource_changes: [read, rolePolicy] });
  expect(text).toContain('`data.aws_iam_policy_document.d` is read during apply and allows `firehose:*`\n');
  expect(text).toContain('Permissions of `r`: the new policy is known only after apply');
});

test('A policy that is destroyed with its resource is shown without its Deny statements.', async () => {
  const policy = JSON.stringify({
    Statement: [
      { Effect: 'Allow', Principal: { AWS: '111111111111' }, Action: 'sqs:SendMessage', Resource: 'q' },
      { Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' },
    ],
  });
  const text = await textOf([
    { type: 'aws_sqs_queue', actions: ['delete'], before: { name: 'q', url: 'https://x/1/q' }, after: null },
    {
      type: 'aws_sqs_queue_policy',
      actions: ['delete'],
      before: { queue_url: 'https://x/1/q', policy },
      after: null,
    },
  ]);
  expect(text).toContain('Resource policy of `q` narrowed');
  expect(text).not.toMatch(/widened|no longer denies/);
});

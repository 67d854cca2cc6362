import { readPlan } from '../../../tools/terraform/plan/plan-format';

const plan = (rest: object = {}): string => JSON.stringify({ format_version: '1.2', ...rest });

const change = (rest: object): object => ({
  address: 'aws_s3_bucket.A',
  type: 'aws_s3_bucket',
  name: 'A',
  ...rest,
});

const planWith = (rest: object): string => plan({ resource_changes: [change(rest)] });

const kindOf = (...actions: string[]): string | undefined =>
  readPlan(planWith({ change: { actions } }), 'x.json').changes[0]?.kind;

const LOG = 'the log of terraform plan -json';

describe('The reader of plans', () => {
  test.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['not json', 'is not JSON'],
    ['{"format_version": "1.2", ', 'is not JSON'],
    ['{"@level":"info"}\n{"@level":"info"}', `${LOG}, which has no plan. Save the plan first`],
    ['{"@level":"info","type":"version"}', LOG],
    ['[command]/usr/bin/terraform plan -json\n{"@level":"a"}\n{"@level":"b"}', LOG],
    [`${plan()}\n${plan()}`, 'more than one JSON document'],
    [`${plan({ a: 'a"}{\\' })}${plan()}`, 'more than one JSON document'],
    [`${plan()} and more`, 'is not JSON'],
    ['\nNo changes. Your infrastructure matches the configuration.\n', 'text output of terraform plan'],
    [
      '  # a.b will be created\n\nPlan: 1 to add, 0 to change, 0 to destroy.',
      'text output of terraform plan',
    ],
    ['[command]/usr/bin/terraform show -json plan\n', 'empty'],
    ['[]', 'no format_version'],
    ['"text"', 'no format_version'],
    ['null', 'no format_version'],
    [plan({ format_version: '2.0' }), '"2.0"'],
    [plan({ format_version: '1.x' }), '"1.x"'],
    [plan({ format_version: '0.1' }), '"0.1" of Terraform 1.0.0 and earlier'],
    [plan({ format_version: '0.3' }), '"0.3"'],
    [plan({ errored: true }), 'terraform plan failed'],
    [plan({ values: { root_module: {} } }), 'of a state'],
    [plan({ resource_changes: 7 }), 'at resource_changes'],
    [planWith({ change: { actions: ['explode'] } }), 'resource_changes.0.change.actions.0'],
  ])('rejects %j.', (text, message) => {
    expect(() => readPlan(text, 'plans/clicklogger.json')).toThrow(message);
    expect(() => readPlan(text, 'plans/clicklogger.json')).toThrow('plans/clicklogger.json');
  });

  test('accepts a plan without resources.', () => {
    const empty = { changes: [], drift: [], outputs: [], isComplete: true };
    expect(readPlan(plan(), 'x.json')).toMatchObject(empty);
  });

  test('accepts null for an empty list.', () => {
    const text = plan({
      resource_changes: null,
      resource_drift: null,
      deferred_changes: null,
      output_changes: null,
      action_invocations: null,
      checks: [{ address: { to_display: 'check.a' }, status: 'fail', instances: null }],
    });
    expect(readPlan(text, 'x.json').failedChecks).toEqual([{ address: 'check.a', messages: [] }]);
  });

  test.each([
    ['starts with a byte order mark', `\uFEFF${plan()}`],
    ['is of Terraform 1.0', plan({ format_version: '0.2' })],
    [
      'comes through the wrapper of setup-terraform',
      `[command]/opt/terraform-bin show -json plan\r\n${plan()}\n`,
    ],
    [
      'comes through the wrapper with its messages',
      `[command]terraform\n${plan()}\n::debug::Terraform exited with code 0.\n`,
    ],
    ['has many lines', `\n\n${JSON.stringify(JSON.parse(plan({ a: ['::', '[command]'] })), null, 2)}\n`],
  ])('accepts a file that %s.', (_, text) => {
    expect(readPlan(text, 'x.json').changes).toEqual([]);
  });

  test.each(['a/b/covid.json', 'covid.plan.json', 'covid.tfplan.json'])(
    'derives the stack from the file name %s.',
    (file) => {
      expect(readPlan(plan(), file).stack).toBe('covid');
    },
  );

  test('converts both orders of a replacement, and all other actions.', () => {
    expect(kindOf('delete', 'create')).toBe('replace');
    expect(kindOf('create', 'delete')).toBe('replace');
    expect(kindOf('forget')).toBe('forget');
    expect(kindOf('update')).toBe('update');
    expect(kindOf()).toBe('no-op');
  });

  test('has the attributes that force a replacement, and the previous address.', () => {
    const [before, reason] = [{ bucket: 'a' }, 'replace_because_cannot_update'];
    const text = planWith({
      previous_address: 'aws_s3_bucket.Old',
      action_reason: reason,
      change: { actions: ['delete', 'create'], before, replace_paths: [['rule', 0, 'id']] },
    });
    expect(readPlan(text, 'x.json').changes).toMatchObject([
      { forcedBy: ['rule.0.id'], previousAddress: 'aws_s3_bucket.Old', reason, before, after: undefined },
    ]);
  });

  test('separates data sources, drift and outputs from changes.', () => {
    const text = plan({
      resource_changes: [change({ mode: 'data', change: { actions: ['read'] } })],
      resource_drift: [change({ change: { actions: ['update'] } })],
      output_changes: { secret: { actions: ['create'], after_sensitive: true } },
    });
    const { changes, drift, outputs } = readPlan(text, 'x.json');
    expect(changes).toEqual([]);
    expect(drift).toHaveLength(1);
    expect(outputs).toEqual([{ name: 'secret', kind: 'create' }]);
  });

  test('marks a deposed object.', () => {
    const text = planWith({ deposed: 'ab12', change: { actions: ['delete'] } });
    expect(readPlan(text, 'x.json').changes[0]?.address).toBe('aws_s3_bucket.A (deposed ab12)');
  });

  test.each([
    ['does not set them', ['name'], { arn: true }],
    ['sets them', ['managed_policy_arns'], { arn: true, managed_policy_arns: true }],
    ['is not in the plan', undefined, { arn: true, managed_policy_arns: true }],
  ])(
    'marks managed policies as unknown only when the configuration sets them: it %s.',
    (_what, names, unknown) => {
      const after_unknown = { arn: true, managed_policy_arns: true };
      const role = { address: 'aws_iam_role.A', type: 'aws_iam_role', name: 'A' };
      const resources = names && [
        { address: role.address, expressions: Object.fromEntries(names.map((name) => [name, {}])) },
      ];
      const text = plan({
        resource_changes: [{ ...role, change: { actions: ['create'], after: { name: 'a' }, after_unknown } }],
        configuration: { root_module: { resources } },
      });
      expect(readPlan(text, 'x.json').changes[0]?.unknown).toEqual(unknown);
    },
  );
});

import { readPlan } from '../../../tools/terraform/plan-format';

const plan = (rest: object = {}): string => JSON.stringify({ format_version: '1.2', ...rest });

const change = (rest: object): object => ({
  address: 'aws_s3_bucket.A',
  type: 'aws_s3_bucket',
  name: 'A',
  ...rest,
});

const kindOf = (...actions: string[]): string | undefined =>
  readPlan(plan({ resource_changes: [change({ change: { actions } })] }), 'x.json').changes[0]?.kind;

describe('readPlan', () => {
  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['not json', 'is not JSON'],
    ['{"format_version": "1.2", ', 'is not JSON'],
    ['{"@level":"info"}\n{"@level":"info"}', 'the log of terraform plan -json'],
    ['[]', 'no format_version'],
    ['"text"', 'no format_version'],
    ['null', 'no format_version'],
    [plan({ format_version: '2.0' }), '"2.0"'],
    [plan({ format_version: '1.x' }), '"1.x"'],
    [plan({ format_version: '0.1' }), '"0.1"'],
    [plan({ errored: true }), 'terraform plan failed'],
    [plan({ values: { root_module: {} } }), 'of a state'],
    [plan({ resource_changes: 7 }), 'at resource_changes'],
    [
      plan({ resource_changes: [change({ change: { actions: ['explode'] } })] }),
      'resource_changes.0.change.actions.0',
    ],
  ])('refuses %j', (text, message) => {
    expect(() => readPlan(text, 'plans/clicklogger.json')).toThrow(message);
    expect(() => readPlan(text, 'plans/clicklogger.json')).toThrow('plans/clicklogger.json');
  });

  it('takes a plan without any resource', () => {
    expect(readPlan(plan(), 'x.json')).toMatchObject({
      changes: [],
      drift: [],
      outputs: [],
      isComplete: true,
    });
  });

  it('takes a file that begins with a byte order mark', () => {
    expect(readPlan(`\uFEFF${plan()}`, 'x.json').changes).toEqual([]);
  });

  it.each(['a/b/covid.json', 'covid.plan.json', 'covid.tfplan.json'])('names the stack of %s', (file) => {
    expect(readPlan(plan(), file).stack).toBe('covid');
  });

  it('knows both orders of a replacement, and every other action', () => {
    expect(kindOf('delete', 'create')).toBe('replace');
    expect(kindOf('create', 'delete')).toBe('replace');
    expect(kindOf('forget')).toBe('forget');
    expect(kindOf('update')).toBe('update');
    expect(kindOf()).toBe('no-op');
  });

  it('tells what forces a replacement, and where a resource was before', () => {
    const text = plan({
      resource_changes: [
        change({
          previous_address: 'aws_s3_bucket.Old',
          action_reason: 'replace_because_cannot_update',
          change: {
            actions: ['delete', 'create'],
            before: { bucket: 'a' },
            replace_paths: [['rule', 0, 'id']],
          },
        }),
      ],
    });
    expect(readPlan(text, 'x.json').changes).toEqual([
      expect.objectContaining({
        forcedBy: ['rule.0.id'],
        previousAddress: 'aws_s3_bucket.Old',
        reason: 'replace_because_cannot_update',
        before: { bucket: 'a' },
        after: undefined,
      }),
    ]);
  });

  it('leaves out data sources, keeps drift and outputs apart', () => {
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

  it('marks a deposed object as such', () => {
    const text = plan({ resource_changes: [change({ deposed: 'ab12', change: { actions: ['delete'] } })] });
    expect(readPlan(text, 'x.json').changes[0]?.address).toBe('aws_s3_bucket.A (deposed ab12)');
  });
});

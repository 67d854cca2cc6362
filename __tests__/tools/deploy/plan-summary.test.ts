import type { DataLoss } from '../../../tools/data-loss/loss';
import { findPlanLosses, lossOf } from '../../../tools/deploy/losses';
import { countSteps, renderPlan, type Change } from '../../../tools/deploy/plan-summary';
import { countChanges, describeCounts } from '../../../tools/terraform/plan/plan-effects';
import { fakeTarget } from '../../support/fake-target';

const change = (kind: Change['kind'], address: string, more: Partial<Change> = {}): Change => ({
  address,
  kind,
  type: address.split('.')[0]!,
  reason: undefined,
  forcedBy: [],
  before: {},
  after: {},
  ...more,
});

const nothingLost = (): undefined => undefined;

describe('The summary of a plan', () => {
  test('counts added, changed, replaced and destroyed resources.', () => {
    const kinds: Change['kind'][] = ['create', 'create', 'update', 'replace', 'delete', 'no-op', 'read'];
    const counts = countChanges(kinds.map((kind) => ({ kind })));
    expect(describeCounts(counts)).toBe('2 to add, 1 to change, 1 to replace, 1 to destroy');
    expect(countSteps(counts)).toBe(6);
  });

  test('reports that the plan has no change.', () => {
    expect(renderPlan('covid', [change('no-op', 'aws_s3_bucket.a')], nothingLost)).toBe('covid: no change');
  });

  test('names destroyed resources, and replaced resources with the reason.', () => {
    const text = renderPlan(
      'covid',
      [
        change('delete', 'aws_sqs_queue.old'),
        change('replace', 'aws_vpc.net', { forcedBy: ['cidr_block'] }),
        change('replace', 'aws_lambda_function.f', { reason: 'replace_because_tainted' }),
      ],
      nothingLost,
    );
    expect(text).toContain('- destroys aws_sqs_queue.old');
    expect(text).toContain('± replaces aws_vpc.net, because cidr_block cannot change in place');
    expect(text).toContain('± replaces aws_lambda_function.f, because it is tainted by an earlier apply');
  });

  test.each([
    ['delete', '- destroys'],
    ['replace', '± replaces'],
    ['update', '~ changes '],
    ['create', '+ creates '],
  ] as const)('shows a loss next to its change: %s.', (kind, words) => {
    const harmless = Array.from({ length: 12 }, (_, index) => change('update', `aws_x.y${index}`));
    const loses = change(kind, 'aws_s3_bucket.data');
    const text = renderPlan('covid', [...harmless, loses], (one) => (one === loses ? 'its data' : undefined));
    const line = text.split('\n').find((one) => one.includes(`${words} aws_s3_bucket.data`));
    expect(line).toMatch(/ {2}⚠ its data$/);
    expect(text).toContain('aws_x.y7');
    expect(text).not.toContain('aws_x.y8');
    expect(text).toContain('4 more');
  });

  test('names the attributes of an update, without unknown values.', () => {
    const update = change('update', 'aws_lambda_function.f', {
      before: { timeout: 3, last_modified: 'yesterday', tags_all: {} },
      after: { timeout: 5, tags_all: { a: 'b' } },
    });
    expect(renderPlan('x', [update], nothingLost)).toContain('~ changes  aws_lambda_function.f (timeout)');
  });

  test('names imported, moved and forgotten resources.', () => {
    const text = renderPlan(
      'covid',
      [
        change('import', 'aws_sqs_queue.a', { importId: 'queue' }),
        change('move', 'aws_sqs_queue.b', { previousAddress: 'aws_sqs_queue.old' }),
        change('forget', 'aws_sqs_queue.c'),
        change('remark', 'aws_sqs_queue.d'),
      ],
      nothingLost,
    );
    expect(text.split('\n')).toEqual([
      'covid: 1 to import, 1 to change, 1 to forget, 1 to move',
      '  ~ changes  aws_sqs_queue.d',
      '  ← imports  aws_sqs_queue.a',
      '  ∅ leaves   aws_sqs_queue.c in AWS, no longer managed',
      '  → moves    aws_sqs_queue.old to aws_sqs_queue.b',
    ]);
  });
});

describe('A loss that requires consent', () => {
  const loss = { reason: 'destroyed', what: 'its data' } as const;

  test.each<[DataLoss['certainty'], boolean]>([
    ['lost', true],
    ['at risk', true],
    ['blocked', false],
    ['kept', false],
  ])('is data that the review reports as %s: %j.', (certainty, isLoss) => {
    const found = lossOf(
      { type: 'aws_s3_bucket', before: {}, reason: undefined },
      [{ ...loss, certainty }],
      new Map(),
    );
    expect(found).toBe(isLoss ? `${certainty}: its data` : undefined);
  });

  test('is not data at risk in a tainted resource of an interrupted apply.', () => {
    const queue = { type: 'aws_sqs_queue', before: {}, reason: 'replace_because_tainted' };
    expect(lossOf(queue, [{ ...loss, certainty: 'at risk' }], new Map())).toBeUndefined();
    expect(lossOf(queue, [{ ...loss, certainty: 'lost' }], new Map())).toBe('lost: its data');
  });

  test.each([
    [2, '2 of its executions are running'],
    [1, '1 of its executions is running'],
    [0, undefined],
  ])('is a destroyed state machine with %d running executions: %j.', async (count, expected) => {
    const updated = change('update', 'aws_sfn_state_machine.a', { before: { arn: 'arn:updated' } });
    const destroyed = change('delete', 'aws_sfn_state_machine.b', { before: { arn: 'arn:destroyed' } });
    const calls: string[] = [];
    const executions = Array.from({ length: count }, () => ({ executionArn: 'arn:run' }));
    const target = fakeTarget({ ListExecutionsCommand: () => ({ executions }) }, { calls });
    const losses = await findPlanLosses(target, [updated, destroyed]);
    expect(losses.get(destroyed)).toBe(expected);
    expect(calls).toEqual(['ListExecutionsCommand arn:destroyed']);
  });
});

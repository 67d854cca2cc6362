import { requiredConsent } from '../../../tools/data-loss/consent';
import { planOf, type Change } from '../plan-review/plan-of';

const bucket = (name: string, force_destroy = true): Change => ({
  name,
  actions: ['delete'],
  before: { bucket: `data-${name}`, force_destroy },
  after: null,
});
const group = (retention: number): Change => ({
  type: 'aws_cloudwatch_log_group',
  before: { name: 'g', retention_in_days: 30 },
  after: { name: 'g', retention_in_days: retention },
});
const labelOf = (...changes: Change[]) => requiredConsent([planOf(changes)]).label;

test('A plan that loses nothing needs no consent.', () => {
  expect(requiredConsent([planOf([bucket('A', false), group(60)])])).toEqual({ label: null, losses: [] });
});

test('A plan that loses data needs a label and lists the losses.', () => {
  const { label, losses } = requiredConsent([planOf([bucket('A'), group(7)])]);
  expect(label).toMatch(/^destroys-data:[0-9a-f]{16}$/);
  expect(label!.length).toBeLessThanOrEqual(50);
  expect(losses).toEqual([
    expect.stringMatching(/^clicklogger aws_s3_bucket\.A: every object/),
    expect.stringMatching(/^clicklogger aws_cloudwatch_log_group\.A: log events older than 7 days/),
  ]);
});

test('The label is the same for the same losses, in any order and with other changes.', () => {
  const other: Change = { type: 'aws_iam_role', before: { name: 'r' }, after: { name: 'r', path: '/x/' } };
  expect(labelOf(group(7), other, bucket('A'))).toBe(labelOf(bucket('A'), group(7)));
});

test.each<[string, Change[]]>([
  ['one more', [bucket('A'), bucket('B')]],
  ['another resource', [bucket('B')]],
  ['a shorter retention', [group(3)]],
])('The label differs for %s.', (_what, changes) => {
  expect([labelOf(bucket('A')), labelOf(group(7))]).not.toContain(labelOf(...changes));
});

test('A loss is one line even when the address of its resource has line breaks.', () => {
  const { losses } = requiredConsent([planOf([{ ...bucket('A'), address: 'a\n::error::b' }])]);
  expect(losses).toEqual([expect.stringMatching(/^clicklogger a ::error::b: /)]);
});

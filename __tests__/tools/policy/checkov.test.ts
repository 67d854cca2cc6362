import { assess, parseReport } from '../../../tools/policy/checkov';
import { SKIPS } from '../../../tools/policy/checkov-skips';

const failed = { check_id: 'CKV_AWS_1', check_name: 'Ensure something', resource: 'aws_x.y' };
const report = { check_type: 'terraform_json', results: { failed_checks: [failed] } };
const finding = { check: 'CKV_AWS_1', name: 'Ensure something', resource: 'aws_x.y' };

test('The reader of Checkov’s reports takes one and several', () => {
  expect(parseReport(JSON.stringify(report), '')).toEqual([finding]);
  expect(parseReport(JSON.stringify([report, report]), '')).toEqual([finding, finding]);
});

test.each(['', 'Traceback', '{"passed": 0}'])(
  'The message has what Checkov wrote instead of a report: %j',
  (stdout) => {
    expect(() => parseReport(stdout, 'a reason')).toThrow(/checkov gave no readable report:\na reason/);
  },
);

test('The check reports what is not skipped, and a skip that nothing needs', () => {
  const skip = { check: 'CKV_AWS_1', reason: 'R' };
  expect(assess([finding], [])).toEqual(['CKV_AWS_1 aws_x.y: Ensure something']);
  expect(assess([finding], [skip])).toEqual([]);
  expect(assess([], [skip])).toEqual([expect.stringContaining('CKV_AWS_1 is skipped, but nothing fails it')]);
});

test('Our list skips each check once, with a reason', () => {
  expect(new Set(SKIPS.map(({ check }) => check)).size).toBe(SKIPS.length);
  for (const { reason } of SKIPS) expect(reason.length).toBeGreaterThan(30);
});

import { assess, parseReport } from '../../../tools/policy/checkov';
import { SKIPS } from '../../../tools/policy/checkov-skips';

const failed = { check_id: 'CKV_AWS_1', check_name: 'Ensure something', resource: 'aws_x.y' };
const report = { check_type: 'terraform_json', results: { failed_checks: [failed] } };
const finding = { check: 'CKV_AWS_1', name: 'Ensure something', resource: 'aws_x.y' };

test('Reports of one and of several frameworks are parsed.', () => {
  expect(parseReport(JSON.stringify(report), '')).toEqual([finding]);
  expect(parseReport(JSON.stringify([report, report]), '')).toEqual([finding, finding]);
});

test.each(['', 'Traceback', '{"passed": 0}'])(
  'The error about a report that is not valid has the output: %j.',
  (stdout) => {
    expect(() => parseReport(stdout, 'a reason')).toThrow(/checkov returned no valid report:\na reason/);
  },
);

test('Findings that are not skipped and unused skips are reported.', () => {
  const skips = { CKV_AWS_1: 'R' };
  expect(assess([finding], {})).toEqual(['CKV_AWS_1 aws_x.y: Ensure something']);
  expect(assess([finding], skips)).toEqual([]);
  expect(assess([], skips)).toEqual([
    expect.stringContaining('CKV_AWS_1 is skipped, but no resource fails it'),
  ]);
});

test('Each check is skipped with a reason.', () => {
  for (const reason of Object.values(SKIPS)) expect(reason.length).toBeGreaterThan(30);
});

import { lifecycleWarnings, runtimeProblem } from '../../config/lifecycle';
import { parseSettings } from '../../config/settings';
import { synthClicklogger } from '../support/synth';

describe('The end of AWS support', () => {
  test.each([
    ['2026-12-30T23:59:59Z', undefined],
    ['2026-12-31T00:00:00Z', 'ends in 120 days, on 2027-04-30'],
    ['2027-04-29T23:59:59Z', 'ends in 1 day, on 2027-04-30'],
    ['2027-04-30T12:00:00Z', 'ends today, on 2027-04-30'],
    ['2027-05-01T00:00:00Z', 'ended on 2027-04-30'],
  ])('of nodejs22.x is announced at %s: %s.', (today, expected) => {
    const warnings = lifecycleWarnings(parseSettings({}), new Date(today));
    expect(warnings).toEqual(
      expected === undefined
        ? []
        : [expect.stringContaining(`LAMBDA_RUNTIME=nodejs22.x: AWS support ${expected}`)],
    );
  });

  test('of an EMR release is announced with its setting.', () => {
    const settings = parseSettings({ LAMBDA_RUNTIME: 'nodejs24.x', EMR_RELEASE: 'emr-7.10.0' });
    expect(lifecycleWarnings(settings, new Date('2027-08-01'))).toEqual([
      expect.stringMatching(/^EMR_RELEASE=emr-7\.10\.0: AWS support ends in 14 days, on 2027-08-15\./),
    ]);
  });

  test('is known for every default.', () => {
    expect(lifecycleWarnings(parseSettings({}), new Date('2100-01-01'))).toHaveLength(2);
  });
});

test.each([
  ['nodejs22.x', '5.100.0', undefined],
  [
    'nodejs24.x',
    '5.100.0',
    '5.100.0 of the AWS provider does not support it; version 6.19.0 or later is required',
  ],
  ['nodejs24.x', '6.9.0', 'version 6.19.0 or later'],
  ['nodejs24.x', '6.19.0', undefined],
  ['nodejs24.x', '6.25.0', undefined],
])('The runtime %s with version %s of the AWS provider: %s.', (runtime, version, problem) => {
  expect(runtimeProblem(runtime, version)).toEqual(
    problem === undefined ? undefined : expect.stringContaining(problem),
  );
});

test('The synth rejects a runtime that the installed provider does not support.', () => {
  expect(() => synthClicklogger({ LAMBDA_RUNTIME: 'nodejs24.x' })).toThrow(
    /LAMBDA_RUNTIME=nodejs24\.x: version 5\.\d+\.\d+ of the AWS provider/,
  );
});

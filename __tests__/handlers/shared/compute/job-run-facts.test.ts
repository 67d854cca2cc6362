import { factsOf, rerunFor } from '../../../../handlers/shared/compute/job-run-facts';
import type { JobStatus } from '../../../../handlers/shared/compute/assess-job-run';

const failed: JobStatus = {
  state: 'FAILED',
  terminal: true,
  succeeded: false,
  reason: 'no such column',
  logs: {
    s3: 's3://logs/',
    cloudWatch: 'https://console',
    driverStderrTail: ['last'],
    note: null,
    pending: false,
  },
  durationSeconds: 12,
  billed: null,
  costUsd: 0.0164,
  estimated: false,
  costNote: null,
};

describe('the facts of a job run', () => {
  it('are what the status says', () => {
    expect(factsOf('00f1', failed)).toEqual({
      what: 'job run 00f1 (FAILED)',
      reason: 'no such column',
      logs: 's3://logs/',
      logLines: ['last'],
      logNote: null,
      cost: '0.0164 USD',
    });
  });

  it('say why the cost is not known or approximate', () => {
    expect(factsOf('00f1', { ...failed, costUsd: null, costNote: 'Not published.' }).cost).toBe(
      'not known yet (Not published.)',
    );
    expect(factsOf('00f1', { ...failed, costNote: 'Estimated.' }).cost).toBe('0.0164 USD (Estimated.)');
  });

  it('name CloudWatch when there are no logs in S3', () => {
    expect(factsOf('00f1', { ...failed, logs: { ...failed.logs, s3: null } }).logs).toBe('https://console');
  });
});

describe('the command that runs an execution again', () => {
  const startedAt = new Date('2026-03-04T23:59:00Z');

  it.each([
    ['{"InputDate": "2023-02-08"}', 'exec --date 2023-02-08'],
    ['{"InputDate":"ALL"}', 'exec --date ALL'],
    ['{}', 'exec --date 2026-03-04'],
    ['{"InputDate": "$(rm -rf /)"}', 'exec --date 2026-03-04'],
    [undefined, 'exec --date 2026-03-04'],
  ])('for the input %s is %s', (input, command) => {
    expect(rerunFor('exec', { input, startedAt })).toBe(command);
  });

  it('has no day when none is known', () => {
    expect(rerunFor('exec', { input: undefined, startedAt: undefined })).toBe('exec');
  });
});

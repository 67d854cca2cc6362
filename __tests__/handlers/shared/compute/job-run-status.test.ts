import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobRunState } from '@aws-sdk/client-emr-serverless';
import { jobRunFacts, rerunFor } from '../../../../handlers/shared/compute/job-run-facts';
import { assessJobRun, type ObservedJobRun } from '../../../../handlers/shared/compute/job-run-status';

const placement = { region: 'us-east-1', architecture: 'x86_64' } as const;

/** Status of a successful job run with changes. */
function statusOf(
  changes: Partial<ObservedJobRun> = {},
  { lines, pending = false, ...options }: { lines?: string[]; pending?: boolean; logUri?: string } = {},
) {
  const jobRun: ObservedJobRun = {
    applicationId: 'app1',
    jobRunId: 'run1',
    arn: 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/app1/jobruns/run1',
    createdBy: 'arn:aws:iam::123456789012:role/state-machine',
    createdAt: new Date('2026-11-21T10:00:00Z'),
    updatedAt: new Date('2026-11-21T10:02:00Z'),
    executionRole: 'arn:aws:iam::123456789012:role/job',
    state: 'SUCCESS',
    stateDetails: '',
    releaseLabel: 'emr-7.13.0',
    jobDriver: undefined,
    ...changes,
  };
  const log = lines && { lines, note: null, pending };
  return assessJobRun(jobRun, { log, logUri: options.logUri, placement });
}

const linesOf = (name: string): string[] =>
  readFileSync(join(__dirname, '../../../fixtures/driver-logs', name), 'utf8')
    .split('\n')
    .filter(Boolean);

describe('The state of a job run', () => {
  test.each([
    ...['SUBMITTED', 'PENDING', 'SCHEDULED', 'QUEUED', 'RUNNING', 'CANCELLING'].map(
      (state) => [state, false, false] as const,
    ),
    ['SUCCESS', true, true] as const,
    ['FAILED', true, false] as const,
    ['CANCELLED', true, false] as const,
  ])('%s is terminal: %p, succeeded: %p.', (state, terminal, succeeded) => {
    const status = statusOf({ state });
    expect(status).toMatchObject({ state, terminal, succeeded });
    expect(status.reason === null).toBe(!terminal || succeeded);
  });

  test('is known for all states of the SDK.', () => {
    const states = Object.values(JobRunState);
    expect(states.filter((state) => statusOf({ state }).reason?.startsWith('Unknown') === true)).toEqual([]);
  });

  test.each(['PAUSED', 'success', 'SUCCEEDED', '', undefined])(
    '%p is unknown and treated as a failure.',
    (state) => {
      const status = statusOf({ state, stateDetails: 'news' });
      expect(status).toMatchObject({ state: state ?? 'UNKNOWN', terminal: true, succeeded: false });
      expect(status.reason).toBe(`Unknown job run state '${state ?? 'UNKNOWN'}', treated as a failure. news`);
    },
  );
});

describe('The reason of a failure', () => {
  const failed = { state: 'FAILED', stateDetails: 'Job failed,\nExitCode: 1' };

  test.each<[string, string[], string]>([
    [
      'the last line of the click job',
      linesOf('own-error.txt'),
      "clicklog/data=2023-02-08/part-1.parquet has no column 'callerid' (it has requestid, contextid)",
    ],
    [
      'the root cause of a JVM exception',
      linesOf('jvm-error.txt'),
      'java.nio.file.AccessDeniedException: s3://output/2023/02/08/response.md: 403 Forbidden',
    ],
    [
      'a JVM exception without a cause',
      ['Exception in thread "main" java.lang.OutOfMemoryError', '\tat X.y(X.scala:1)'],
      'java.lang.OutOfMemoryError',
    ],
    [
      'the reason of EMR Serverless on one line, when the log has none',
      ['INFO nothing', ' LoggregatorError: an indented quote'],
      'Job failed, ExitCode: 1',
    ],
  ])('is %s.', (_, lines, reason) => {
    expect(statusOf(failed, { lines }).reason).toBe(reason);
  });

  test('has a default text.', () => {
    expect(statusOf({ state: 'FAILED' }).reason).toBe('The job run ended FAILED without a reason.');
  });

  test('of a cancelled run is not an error in its log.', () => {
    const cancelled = { state: 'CANCELLED', stateDetails: 'Cancelled by user' };
    expect(statusOf(cancelled, { lines: linesOf('jvm-error.txt') }).reason).toBe('Cancelled by user');
  });

  test('is returned with the pending state of the log.', () => {
    for (const pending of [true, false])
      expect(statusOf(failed, { lines: [], pending }).logs.pending).toBe(pending);
  });

  test('and the whole status are short.', () => {
    const lines = Array.from({ length: 50 }, (_, line) => `LoggregatorError: ${line} ${'ü'.repeat(100_000)}`);
    const status = statusOf(failed, { lines });
    expect(status.reason).toHaveLength(1_000);
    expect(status.reason).toMatch(/^49 /);
    expect(status.logs.driverStderrTail).toHaveLength(20);
    expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(64 * 1_024);
  });
});

describe('The logs of a job run', () => {
  const monitored = (monitoringConfiguration: object) => ({
    configurationOverrides: { monitoringConfiguration },
  });
  const own = monitored({ s3MonitoringConfiguration: { logUri: 's3://own/logs' } });
  const folder = 'applications/app1/jobs/run1/SPARK_DRIVER/';

  test.each([
    ['of the caller', own, 's3://given/', `s3://given/${folder}`],
    ['of the caller without a slash', own, 's3://given', `s3://given/${folder}`],
    ['of the job run', own, undefined, `s3://own/logs/${folder}`],
    ['if there is one', {}, undefined, null],
  ])('are in the folder %s.', (_, changes, logUri, s3) => {
    expect(statusOf(changes, logUri === undefined ? {} : { logUri }).logs).toMatchObject({
      s3,
      cloudWatch: null,
    });
  });

  test('in CloudWatch have a link when they are enabled.', () => {
    const link = (enabled: boolean, names: object) =>
      statusOf(monitored({ cloudWatchLoggingConfiguration: { enabled, ...names } })).logs.cloudWatch;
    expect(link(true, { logGroupName: '/a/b', logStreamNamePrefix: 'p' })).toBe(
      'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/' +
        '$252Fa$252Fb$3FlogStreamNameFilter$3Dp$252Fapplications$252Fapp1$252Fjobs$252Frun1',
    );
    expect(link(true, {})).toContain('$252Faws$252Femr-serverless$3F');
    expect(link(false, { logGroupName: '/a/b' })).toBeNull();
  });
});

test.each<[Partial<ObservedJobRun>, number | null]>([
  [{ totalExecutionDurationSeconds: 74, startedAt: new Date(0), endedAt: new Date(90_000) }, 74],
  [{ startedAt: new Date(0), endedAt: new Date(90_000) }, 90],
  [{}, null],
  [{ state: 'RUNNING', totalExecutionDurationSeconds: 74 }, null],
])('The duration of %j is %p.', (changes, seconds) => {
  expect(statusOf(changes).durationSeconds).toBe(seconds);
});

describe('The cost of a job run', () => {
  const billed = { billedResourceUtilization: { vCPUHour: 2, memoryGBHour: 8, storageGBHour: 10 } };
  const used = { totalResourceUtilization: { vCPUHour: 1, memoryGBHour: 4, storageGBHour: 1_000 } };

  test('is computed from the billed resources at list prices.', () => {
    expect(statusOf({ ...billed, ...used })).toMatchObject({
      billed: { vCpuHours: 2, memoryGbHours: 8, storageGbHours: 10 },
      // 2 × 0.052624 + 8 × 0.0057785 + 10 × 0.000111
      costUsd: 0.152586,
      estimated: false,
      costNote: null,
    });
  });

  test('is estimated from the used resources without storage until the billed resources are published.', () => {
    expect(statusOf(used)).toMatchObject({
      billed: null,
      costUsd: 0.075738,
      estimated: true,
      costNote: 'From the resources used: AWS has not published the billed ones yet.',
    });
  });

  test('is unknown before the usage is published.', () => {
    for (const usage of [{}, { billedResourceUtilization: {} }])
      expect(statusOf(usage)).toMatchObject({
        billed: null,
        costUsd: null,
        estimated: false,
        costNote: 'AWS has not published the usage yet.',
      });
  });

  test('is empty before the end of the run.', () => {
    const running = statusOf({ state: 'RUNNING', ...used });
    expect(running).toMatchObject({ billed: null, costUsd: null, costNote: null });
  });

  test.each([
    [{ region: 'eu-west-1' }, 0.152586, 'At the prices of us-east-1, not of eu-west-1.'],
    [{ architecture: 'arm64' as const }, 0.122291, 'The arm64 prices are derived'],
  ])('is an estimate with %j.', (place, costUsd, note) => {
    const run = { ...billed, state: 'SUCCESS' } as unknown as ObservedJobRun;
    const options = { log: undefined, logUri: undefined, placement: { ...placement, ...place } };
    const status = assessJobRun(run, options);
    expect(status).toMatchObject({ costUsd, estimated: true });
    expect(status.costNote).toContain(note);
  });
});

describe('The facts of a job run', () => {
  const failed = {
    ...statusOf({ state: 'FAILED', stateDetails: 'no such column' }, { lines: ['last'] }),
    costUsd: 0.0164,
    costNote: null,
  };
  const logs = { ...failed.logs, s3: 's3://logs/', cloudWatch: 'https://console' };

  test('are taken from the status.', () => {
    expect(jobRunFacts('00f1', { ...failed, logs })).toEqual({
      id: '00f1',
      what: 'job run 00f1 (FAILED)',
      reason: 'no such column',
      logs: 's3://logs/',
      logLines: ['last'],
      logNote: null,
      cost: '0.0164 USD',
      costNotes: [],
    });
  });

  test('have notes about the cost, and the CloudWatch link without logs in S3.', () => {
    const other = { ...failed, logs: { ...logs, s3: null }, costNote: 'Estimated.' };
    expect(jobRunFacts('00f1', other)).toMatchObject({
      cost: '0.0164 USD',
      costNotes: ['Estimated.'],
      logs: 'https://console',
    });
    expect(jobRunFacts('00f1', { ...other, costUsd: null }).cost).toBe('not known yet');
  });
});

const startedAt = new Date('2026-03-04T23:59:00Z');

test.each([
  ['{"InputDate": "2023-02-08"}', startedAt, 'exec --date 2023-02-08'],
  ['{"InputDate":"ALL"}', startedAt, 'exec --date ALL'],
  ['{}', startedAt, 'exec --date 2026-03-04'],
  ['{"InputDate": "$(rm -rf /)"}', startedAt, 'exec --date 2026-03-04'],
  [undefined, startedAt, 'exec --date 2026-03-04'],
  [undefined, undefined, 'exec'],
])('The command that runs an execution with the input %s again has its date.', (input, start, command) => {
  expect(rerunFor('exec', { input, startedAt: start })).toBe(command);
});

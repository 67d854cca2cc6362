import { JobRunState } from '@aws-sdk/client-emr-serverless';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assessJobRun, hasFailed } from '../../../../handlers/shared/compute/assess-job-run';
import { jobRun } from './job-run';

const placement = { region: 'us-east-1', architecture: 'x86_64' } as const;
const noLog = { stderr: undefined, logUri: undefined, placement };

function log(name: string) {
  const text = readFileSync(join(__dirname, '../../../fixtures/driver-logs', name), 'utf8');
  return { lines: text.split('\n').filter(Boolean), note: null, pending: false };
}

describe('states', () => {
  test.each([
    ['SUBMITTED', false, false],
    ['PENDING', false, false],
    ['SCHEDULED', false, false],
    ['QUEUED', false, false],
    ['RUNNING', false, false],
    ['CANCELLING', false, false],
    ['SUCCESS', true, true],
    ['FAILED', true, false],
    ['CANCELLED', true, false],
  ] as const)('%s: terminal %p, succeeded %p', (state, terminal, succeeded) => {
    const status = assessJobRun(jobRun({ state }), noLog);
    expect(status).toMatchObject({ state, terminal, succeeded });
    expect(hasFailed(jobRun({ state }))).toBe(terminal && !succeeded);
    expect(typeof status.reason).toBe(terminal && !succeeded ? 'string' : 'object');
  });

  test('are all that the SDK knows', () => {
    const unknown = Object.values(JobRunState).filter(
      (state) => assessJobRun(jobRun({ state }), noLog).reason?.startsWith('Unknown') === true,
    );
    expect(unknown).toEqual([]);
  });

  test.each(['PAUSED', 'success', 'SUCCEEDED', ''])('%p, which nobody knows, is a failure', (state) => {
    const status = assessJobRun(jobRun({ state: state, stateDetails: 'news' }), noLog);
    expect(status).toMatchObject({ terminal: true, succeeded: false });
    expect(status.reason).toBe(`Unknown job run state '${state}', taken for a failure. news`);
  });

  test('a missing state is a failure', () => {
    expect(assessJobRun(jobRun({ state: undefined }), noLog)).toMatchObject({
      state: 'UNKNOWN',
      terminal: true,
      succeeded: false,
    });
  });
});

describe('the reason of a failure', () => {
  const failed = jobRun({ state: 'FAILED', stateDetails: 'Job failed,\nExitCode: 1' });

  test("is our own job's last words", () => {
    expect(assessJobRun(failed, { ...noLog, stderr: log('own-error.txt') }).reason).toBe(
      "clicklog/data=2023-02-08/part-1.parquet has no column 'callerid' (it has requestid, contextid)",
    );
  });

  test('is the root cause of a JVM exception otherwise', () => {
    expect(assessJobRun(failed, { ...noLog, stderr: log('jvm-error.txt') }).reason).toBe(
      'java.nio.file.AccessDeniedException: s3://output/2023/02/08/response.md: 403 Forbidden',
    );
  });

  test('is the exception itself when it has no cause', () => {
    const lines = ['Exception in thread "main" java.lang.OutOfMemoryError', '\tat X.y(X.scala:1)'];
    expect(assessJobRun(failed, { ...noLog, stderr: { lines, note: null, pending: false } }).reason).toBe(
      'java.lang.OutOfMemoryError',
    );
  });

  test("is EMR Serverless's own, on one line, when the log names none", () => {
    const stderr = {
      lines: ['INFO nothing', ' LoggregatorError: indented, so quoted by something else'],
      note: null,
      pending: false,
    };
    expect(assessJobRun(failed, { ...noLog, stderr }).reason).toBe('Job failed, ExitCode: 1');
  });

  test('is said to be missing when nobody gave one', () => {
    expect(assessJobRun(jobRun({ state: 'FAILED' }), noLog).reason).toBe(
      'The job run ended FAILED without a reason.',
    );
  });

  test('of a cancelled run is not an error that its log happens to hold', () => {
    const cancelled = jobRun({ state: 'CANCELLED', stateDetails: 'Cancelled by user' });
    expect(assessJobRun(cancelled, { ...noLog, stderr: log('jvm-error.txt') }).reason).toBe(
      'Cancelled by user',
    );
  });

  test.each([true, false])('comes with whether more of the log may follow: %p', (pending) => {
    const stderr = { lines: [], note: null, pending };
    expect(assessJobRun(failed, { ...noLog, stderr }).logs.pending).toBe(pending);
  });

  test('is short, and so is the output as a whole', () => {
    const lines = Array.from({ length: 50 }, (_, line) => `LoggregatorError: ${line} ${'ü'.repeat(100_000)}`);
    const status = assessJobRun(failed, { ...noLog, stderr: { lines, note: null, pending: false } });
    expect(status.reason).toHaveLength(1_000);
    expect(status.reason).toMatch(/^49 /);
    expect(status.logs.driverStderrTail).toHaveLength(20);
    expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(64 * 1_024);
  });
});

describe('logs', () => {
  const monitoringConfiguration = { s3MonitoringConfiguration: { logUri: 's3://own/logs' } };
  const run = jobRun({ configurationOverrides: { monitoringConfiguration } });

  test("are where the caller says, otherwise where the run's own setting says", () => {
    expect(assessJobRun(run, { ...noLog, logUri: 's3://given/' }).logs.s3).toBe(
      's3://given/applications/app1/jobs/run1/SPARK_DRIVER/',
    );
    expect(assessJobRun(run, noLog).logs.s3).toBe('s3://own/logs/applications/app1/jobs/run1/SPARK_DRIVER/');
    expect(assessJobRun(run, { ...noLog, logUri: 's3://given' }).logs.s3).toBe(
      's3://given/applications/app1/jobs/run1/SPARK_DRIVER/',
    );
    expect(assessJobRun(jobRun(), noLog).logs).toEqual({
      s3: null,
      cloudWatch: null,
      driverStderrTail: [],
      note: null,
      pending: false,
    });
  });

  test('in CloudWatch are linked when they are switched on', () => {
    const link = (enabled: boolean, names: object) =>
      assessJobRun(
        jobRun({
          configurationOverrides: {
            monitoringConfiguration: { cloudWatchLoggingConfiguration: { enabled, ...names } },
          },
        }),
        noLog,
      ).logs.cloudWatch;
    expect(link(true, { logGroupName: '/a/b', logStreamNamePrefix: 'p' })).toBe(
      'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/' +
        '$252Fa$252Fb$3FlogStreamNameFilter$3Dp$252Fapplications$252Fapp1$252Fjobs$252Frun1',
    );
    expect(link(true, {})).toContain('$252Faws$252Femr-serverless$3F');
    expect(link(false, { logGroupName: '/a/b' })).toBeNull();
  });
});

describe('duration', () => {
  test('is what EMR Serverless counted, or the time between start and end', () => {
    const times = { startedAt: new Date('2026-11-21T10:00:30Z'), endedAt: new Date('2026-11-21T10:02:00Z') };
    expect(assessJobRun(jobRun({ totalExecutionDurationSeconds: 74, ...times }), noLog).durationSeconds).toBe(
      74,
    );
    expect(assessJobRun(jobRun(times), noLog).durationSeconds).toBe(90);
    expect(assessJobRun(jobRun(), noLog).durationSeconds).toBeNull();
  });

  test('is unknown while the run goes on', () => {
    const running = jobRun({ state: 'RUNNING', totalExecutionDurationSeconds: 74 });
    expect(assessJobRun(running, noLog).durationSeconds).toBeNull();
  });
});

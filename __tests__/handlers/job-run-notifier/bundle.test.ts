import { failedJobRun, START, STDERR } from '../../fixtures/failed-run';
import { bundledLambda, type FakeAws } from '../bundled-lambda';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-state-machine:run-1';
const ENVIRONMENT = {
  PIPELINE: 'clicklogger-dev-clicks',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:alerts',
  RERUN_COMMAND: 'npm run exec -- clicklogger --stage dev',
  APPLICATION_ID: '00fapp',
  ARCHITECTURE: 'x86_64',
};
const JOB_RUNS = '/applications/00fapp/jobruns';
const { listed, jobRun } = failedJobRun(ARN);
const complete = { text: STDERR.join('\n'), writtenAt: START + 61 };

const lambda = bundledLambda('job-run-notifier');

/** Notification of an execution with these details, job runs and versions of the log. */
async function messageAbout(
  end: object,
  jobRuns: readonly object[],
  logs = [complete],
): Promise<URLSearchParams> {
  const aws: FakeAws = {
    paths: { [JOB_RUNS]: { jobRuns }, [`${JOB_RUNS}/00fjob`]: { jobRun } },
    logs: { '/logs/applications/00fapp/jobs/00fjob/SPARK_DRIVER/stderr.gz': logs },
  };
  const published = lambda.serve(aws);
  const times = { startDate: START * 1_000, stopDate: (START + 60) * 1_000 };
  const detail = { executionArn: ARN, ...times, input: '{"InputDate": "2026-03-02"}', ...end };
  const { errorMessage } = await lambda.invoke({ source: 'aws.states', detail }, ENVIRONMENT);
  expect(errorMessage).toBeUndefined();
  expect(published).toHaveLength(1);
  return published[0]!;
}

const failed = { status: 'FAILED', error: 'JobRunFailed', cause: 'failed' };

describe('The bundled notifier of job runs', () => {
  test('publishes a notification with the reason, the log lines, the cost and the command to run the job again.', async () => {
    const message = await messageAbout(failed, [listed]);
    expect(message.get('Subject')).toBe('clicklogger-dev-clicks failed: JobRunFailed');
    const text = message.get('Message')!;
    expect(text).toContain('Ran:          job run 00fjob (FAILED)');
    expect(text).toContain('Cost so far:  0.075738 USD');
    expect(text).toContain('Logs:         s3://logs/applications/00fapp/jobs/00fjob/SPARK_DRIVER/');
    expect(text).toContain('Run it again: npm run exec -- clicklogger --stage dev --date 2026-03-02');
    expect(text).toContain('Reason:       no column user');
    expect(text).toContain('Last lines of the log:\n  INFO begin\n');
  });

  test('waits for the rest of a log that was uploaded before the end of the job run.', async () => {
    const message = await messageAbout(failed, [listed], [{ text: 'INFO', writtenAt: START + 50 }, complete]);
    expect(message.get('Message')).toContain('Reason:       no column user');
  });

  test('publishes a notification of an execution without a job run.', async () => {
    const other = { id: 'other', name: 'run-2', createdAt: START };
    const message = await messageAbout({ status: 'ABORTED' }, [other]);
    expect(message.get('Subject')).toBe('clicklogger-dev-clicks was aborted');
    expect(message.get('Message')).toContain('Ran:          nothing was started');
  });
});

import { gzipSync } from 'node:zlib';
import { failedJobRun, START, STDERR } from '../../fixtures/failed-run';
import { BundledLambda } from '../bundled-lambda';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-state-machine:run-1';
const ENVIRONMENT = {
  PIPELINE: 'clicklogger-dev-clicks',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:alerts',
  RERUN_COMMAND: 'npm run exec -- clicklogger --stage dev',
  APPLICATION_ID: '00fapp',
  ARCHITECTURE: 'x86_64',
};
const { listed, jobRun } = failedJobRun(ARN);
const ended = (status: string, rest: object = {}) => ({
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: {
    ...{ executionArn: ARN, status, startDate: START * 1_000, stopDate: (START + 60) * 1_000 },
    ...{ input: '{"InputDate": "2026-03-02"}', ...rest },
  },
});

const lambda = new BundledLambda();

/** AWS with these job runs on the application; what is published is kept. */
function aws(
  jobRuns: readonly object[],
  published: URLSearchParams[],
  logs = [{ lines: STDERR, at: START + 61 }],
): void {
  let looks = 0;
  lambda.answer = (request, response, body) => {
    const { pathname } = new URL(request.url ?? '/', 'http://aws');
    if (pathname.startsWith('/applications/00fapp/jobruns')) {
      const found = pathname.endsWith('/00fjob') ? { jobRun } : { jobRuns };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
    } else if (pathname.endsWith('/stderr.gz')) {
      const { lines, at } = logs[Math.min(looks, logs.length - 1)]!;
      looks += 1;
      response
        .writeHead(200, { 'last-modified': new Date(at * 1_000).toUTCString() })
        .end(gzipSync(lines.join('\n')));
    } else {
      published.push(new URLSearchParams(body));
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end('<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>');
    }
  };
}

async function messageAbout(
  event: object,
  jobRuns: readonly object[],
  logs?: { readonly lines: string[]; readonly at: number }[],
): Promise<URLSearchParams> {
  const published: URLSearchParams[] = [];
  aws(jobRuns, published, logs);
  const { errorMessage } = await lambda.invoke(event, ENVIRONMENT);
  expect(errorMessage).toBeUndefined();
  expect(published).toHaveLength(1);
  return published[0]!;
}

beforeAll(() => lambda.start('job-run-notifier'));
afterAll(() => {
  lambda.stop();
});

describe('the bundled notifier of job runs', () => {
  test('tells why the execution failed, with the end of the driver’s log, its cost and how to run it again', async () => {
    const message = await messageAbout(ended('FAILED', { error: 'JobRunFailed', cause: 'failed' }), [listed]);
    expect(message.get('Subject')).toBe('clicklogger-dev-clicks failed: JobRunFailed');
    const text = message.get('Message')!;
    expect(text).toContain('Ran:          job run 00fjob (FAILED)');
    expect(text).toContain('Cost so far:  0.075738 USD');
    expect(text).toContain('Logs:         s3://logs/applications/00fapp/jobs/00fjob/SPARK_DRIVER/');
    expect(text).toContain('Run it again: npm run exec -- clicklogger --stage dev --date 2026-03-02');
    expect(text).toContain('Reason:       no column user');
    expect(text).toContain('Last lines of the log:\n  INFO begin\n');
  });

  test('waits for a log that was written before the job run ended', async () => {
    const logs = [
      { lines: ['INFO begin'], at: START + 50 },
      { lines: STDERR, at: START + 61 },
    ];
    const message = await messageAbout(ended('FAILED', { error: 'JobRunFailed' }), [listed], logs);
    expect(message.get('Message')).toContain('Reason:       no column user');
  });

  test('tells of an execution that has started nothing', async () => {
    const other = { id: 'other', name: 'run-2', createdAt: START };
    const message = await messageAbout(ended('ABORTED'), [other]);
    expect(message.get('Subject')).toBe('clicklogger-dev-clicks was stopped');
    expect(message.get('Message')).toContain('Ran:          nothing was started');
  });
});

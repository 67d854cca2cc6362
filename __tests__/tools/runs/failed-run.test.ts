import { gzipSync } from 'node:zlib';
import { explainFailedRun } from '../../../tools/runs/failed-run';
import type { Target } from '../../../tools/aws/target';
import { clientsOf, startService, type FakeService } from '../../support/fake-service';
import { fakeTarget } from '../../support/fake-target';
import { failedJobRun, START, STDERR } from '../../fixtures/failed-run';

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:clicklogger-dev-state-machine:run-1';
const { listed, jobRun } = failedJobRun(ARN);

const execution = {
  executionArn: ARN,
  status: 'FAILED',
  error: 'JobRunFailed',
  cause: 'the job failed',
  startDate: START,
  stopDate: START + 60,
  input: '{"InputDate": "2026-03-02"}',
};

/** The response of AWS; undefined for 404. */
function answer(path: string, jobRuns: readonly object[]): unknown {
  if (path === '/') return execution;
  if (path === '/applications') {
    return { applications: [{ id: '00fapp', name: names.emrApplication(), state: 'STOPPED' }] };
  }
  if (path === '/applications/00fapp/jobruns') return { jobRuns };
  return path === '/applications/00fapp/jobruns/00fjob' ? { jobRun } : undefined;
}

const account = '000000000000';
const { names } = fakeTarget({}, { account });
const LOG = '/logs/applications/00fapp/jobs/00fjob/SPARK_DRIVER/stderr.gz';
let jobRuns: readonly object[];
let service: FakeService;

beforeAll(async () => {
  service = await startService(({ url = '' }) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === LOG) return { body: gzipSync(STDERR.join('\n')) };
    const found = answer(pathname, jobRuns);
    return found === undefined
      ? { status: 404, body: '' }
      : { body: JSON.stringify(found), headers: { 'content-type': 'application/json' } };
  });
});
afterAll(() => {
  service.stop();
});

function targetOf(kind: Target['kind']): Target {
  const settings = kind === 'local' ? { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } : {};
  return { ...fakeTarget({}, { kind, settings, account }), client: clientsOf(service).client };
}

describe('The description of a failed click run', () => {
  test('has error, reason, last log lines, logs, cost and the command that runs it again.', async () => {
    jobRuns = [listed];
    const text = await explainFailedRun(targetOf('aws'), 'clicklogger', ARN);
    for (const line of [
      'The pipeline clicklogger-dev-clicks failed.',
      'Error:        JobRunFailed',
      'Reason:       no column user',
      'Ran:          job run 00fjob (FAILED)',
      'Logs:         s3://logs/applications/00fapp/jobs/00fjob/SPARK_DRIVER/',
      'Run it again: npm run exec -- clicklogger --stage dev --date 2026-03-02',
      'Last lines of the log:\n  INFO begin\n  LoggregatorError: no column user\n  INFO end',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/Cost so far: +0\.0\d+ USD/);
  });

  test('has the command for the local AWS after a local run.', async () => {
    jobRuns = [];
    const text = await explainFailedRun(targetOf('local'), 'clicklogger', ARN);
    expect(text).toContain('npm run exec -- clicklogger --stage dev --local --date 2026-03-02');
    expect(text).toContain('nothing was started');
  });

  test('has the cause of the execution when the job run cannot be read.', async () => {
    jobRuns = [{ id: 'gone', name: 'run-1', createdAt: START }];
    const text = await explainFailedRun(targetOf('aws'), 'clicklogger', ARN);
    expect(text).toContain('Cause:        the job failed');
    expect(text).toMatch(/Ran: +unknown: /);
  });
});

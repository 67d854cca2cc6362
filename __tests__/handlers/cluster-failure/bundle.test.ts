import { gzipSync } from 'node:zlib';
import { BundledLambda } from '../bundled-lambda';

const ENVIRONMENT = { RERUN_COMMAND: 'npm run exec -- covid --stage dev' };
const CAUSE = 'The step covid-report (s-1) failed: Unknown Error.';
const STDERR =
  'INFO Client: Submitted application application_17_0001\nTraceback (most recent call last):\n' +
  'covid_report.errors.CovidReportError: page.csv is a web page\n';
const STEP_LOG = '/artifacts/logs/j-1/steps/s-1/stderr.gz';
/** YARN's side of a job whose driver runs in the step. */
const CONTAINER_LOG =
  '/artifacts/logs/j-1/containers/application_17_0001/container_17_0001_01_000001/stderr.gz';

const emr: Readonly<Record<string, object>> = {
  DescribeCluster: {
    Cluster: { Id: 'j-1', LogUri: 's3://artifacts/logs/', Status: { State: 'TERMINATED' } },
  },
  ListSteps: { Steps: [{ Id: 's-1', Name: 'covid-report', Status: { State: 'FAILED' } }] },
  ListInstances: {
    Instances: [
      {
        InstanceType: 'm5.xlarge',
        Market: 'ON_DEMAND',
        Status: { Timeline: { CreationDateTime: 1_700_000_000, EndDateTime: 1_700_003_600 } },
      },
    ],
  },
};

const lambda = new BundledLambda();

function aws(answers: Readonly<Record<string, object>>): void {
  const logs = new Map([
    [STEP_LOG, STDERR],
    [CONTAINER_LOG, 'INFO ApplicationMaster: Final app status: FAILED\n'],
  ]);
  lambda.answer = (request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const log = logs.get(path);
    if (log !== undefined) {
      response.end(gzipSync(log));
      return;
    }
    const found = answers[String(request.headers['x-amz-target']).split('.').at(-1) ?? ''];
    response.writeHead(found === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(found ?? { __type: 'InvalidRequestException', message: 'not yours' }));
  };
}

beforeAll(() => lambda.start('cluster-failure'));
afterAll(() => {
  lambda.stop();
});

describe('the bundled failure Lambda', () => {
  test('answers with exception, log, cost, command and last lines of the step that ran the driver', async () => {
    aws(emr);
    const { result } = await lambda.invoke({ clusterId: 'j-1', cause: CAUSE }, ENVIRONMENT);
    expect(result).toEqual({
      cause: [
        CAUSE,
        'Reason: covid_report.errors.CovidReportError: page.csv is a web page',
        'Log: s3://artifacts/logs/j-1/steps/s-1/',
        'Cost so far: 0.24 USD',
        'Run it again: npm run exec -- covid --stage dev',
        'Last lines of the log:',
        STDERR.trimEnd(),
      ].join('\n'),
    });
  });

  test('keeps EMR’s name of an error for the state machine', async () => {
    aws({});
    const { errorType } = await lambda.invoke({ clusterId: 'j-1', cause: CAUSE }, ENVIRONMENT);
    expect(errorType).toBe('InvalidRequestException');
  });

  test('refuses an event that names no cluster', async () => {
    aws(emr);
    expect((await lambda.invoke({ cause: CAUSE }, ENVIRONMENT)).errorType).toBe('InvalidFailureError');
  });

  test('does not start without the command', async () => {
    const { errorMessage } = await lambda.invoke({ clusterId: 'j-1', cause: CAUSE }, {});
    expect(errorMessage).toContain('RERUN_COMMAND');
  });
});

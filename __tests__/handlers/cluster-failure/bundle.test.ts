import { bundledLambda } from '../bundled-lambda';
import { failedCluster, STEP_LOG } from '../cluster-runs';

const ENVIRONMENT = { RERUN_COMMAND: 'npm run exec -- covid --stage dev' };
const CAUSE = 'The step covid-report (s-1) failed: Unknown Error.';
const STDERR =
  'INFO Client: Submitted application application_17_0001\nTraceback (most recent call last):\n' +
  'covid_report.errors.CovidReportError: page.csv is a web page\n';
/** Log of the YARN application of a driver in client mode. */
const CONTAINER_LOG =
  '/artifacts/logs/j-1/containers/application_17_0001/container_17_0001_01_000001/stderr.gz';

const lambda = bundledLambda('cluster-failure');

describe('The bundled failure Lambda', () => {
  test('returns exception, log, cost, command and last log lines of the failed step.', async () => {
    lambda.serve({
      actions: failedCluster('arn'),
      logs: {
        [STEP_LOG]: [{ text: STDERR }],
        [CONTAINER_LOG]: [{ text: 'INFO ApplicationMaster: Final app status: FAILED\n' }],
      },
    });
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

  test.each([
    ['InvalidRequestException of EMR', { clusterId: 'j-1', cause: CAUSE }, ENVIRONMENT],
    ['InvalidInputError for an event without a cluster', { cause: CAUSE }, ENVIRONMENT],
    ['ConfigurationError without a command', { clusterId: 'j-1', cause: CAUSE }, {}],
  ])('throws %s.', async (error, event, environment) => {
    lambda.serve({});
    expect(await lambda.invoke(event, environment)).toMatchObject({ errorType: error.split(' ')[0] });
  });
});

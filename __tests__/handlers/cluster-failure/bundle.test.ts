import { bundledLambda } from '../bundled-lambda';
import { failedCluster, STEP_LOG } from '../cluster-runs';

const ENVIRONMENT = { RERUN_COMMAND: 'npm run exec -- covid --stage dev' };
const CAUSE = 'The step covid-report (s-1) failed: Unknown Error.';
const STDERR =
  'INFO Client: Submitted application application_17_0001\nTraceback (most recent call last):\n' +
  'covid_report.errors.CovidReportError: page.csv is a web page\n';
/** YARN's side of a job whose driver runs in the step. */
const CONTAINER_LOG =
  '/artifacts/logs/j-1/containers/application_17_0001/container_17_0001_01_000001/stderr.gz';

const lambda = bundledLambda('cluster-failure');

describe('The bundled failure Lambda', () => {
  test('answers with exception, log, cost, command and last lines of the step that ran the driver', async () => {
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
    ['EMR’s own error', { clusterId: 'j-1', cause: CAUSE }, ENVIRONMENT, 'InvalidRequestException'],
    ['an event without a cluster', { cause: CAUSE }, ENVIRONMENT, 'InvalidInputError'],
    ['a missing command', { clusterId: 'j-1', cause: CAUSE }, {}, 'ConfigurationError'],
  ])('fails with the name of %s', async (_, event, environment, errorType) => {
    lambda.serve({});
    expect(await lambda.invoke(event, environment)).toMatchObject({ errorType });
  });
});

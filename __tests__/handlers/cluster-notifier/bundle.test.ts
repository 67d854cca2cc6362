import { bundledLambda } from '../bundled-lambda';
import { failedCluster, START, STEP_LOG } from '../cluster-runs';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-covid-state-machine:run-1';
const ENVIRONMENT = {
  PIPELINE: 'clicklogger-dev-covid',
  TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:alerts',
  RERUN_COMMAND: 'npm run exec -- covid --stage dev',
};
const ended = {
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: {
    executionArn: ARN,
    status: 'FAILED',
    startDate: START * 1_000,
    stopDate: (START + 600) * 1_000,
    error: 'StepFailed',
    cause: 'The step covid-report (s-1) failed: Unknown Error.',
  },
};
const emr = {
  actions: failedCluster(ARN),
  logs: { [STEP_LOG]: [{ text: 'INFO begin\nCovidReportError: bad.csv lacks the column date\nINFO end\n' }] },
};

const lambda = bundledLambda('cluster-notifier');

describe('The bundled notifier of clusters', () => {
  test('publishes one notification with the reason, the cost and the command to run the pipeline again.', async () => {
    const published = lambda.serve(emr);
    const { errorMessage } = await lambda.invoke(ended, ENVIRONMENT);
    expect(errorMessage).toBeUndefined();
    expect(published).toHaveLength(1);
    expect(published[0]!.get('TopicArn')).toBe(ENVIRONMENT.TOPIC_ARN);
    expect(published[0]!.get('Subject')).toBe('clicklogger-dev-covid failed: StepFailed');
    const text = published[0]!.get('Message')!;
    expect(text).toContain('Reason:       CovidReportError: bad.csv lacks the column date');
    expect(text).toContain('Ran:          cluster j-1 (TERMINATED), step covid-report s-1 (FAILED)');
    expect(text).toContain('Cost so far:  0.24 USD');
    expect(text).toContain('Run it again: npm run exec -- covid --stage dev');
    expect(text).toContain('Last lines of the log:\n  INFO begin\n');
  });

  test('publishes a notification and logs the error when it cannot describe the cluster.', async () => {
    const published = lambda.serve({});
    const { errorMessage, log } = await lambda.invoke(ended, ENVIRONMENT);
    expect(errorMessage).toBeUndefined();
    expect(published[0]!.get('Message')).toMatch(/Ran: +unknown: InvalidRequestException: not yours/);
    expect(log).toContain('InvalidRequestException: not yours');
  });

  test('fails when the publication fails, so that Lambda retries.', async () => {
    lambda.serve({ ...emr, snsStatus: 403 });
    expect((await lambda.invoke(ended, ENVIRONMENT)).errorMessage).toBeDefined();
  });

  test('rejects an event that is not the end of an execution.', async () => {
    const published = lambda.serve(emr);
    expect((await lambda.invoke({ detail: {} }, ENVIRONMENT)).errorType).toBe('InvalidEventError');
    expect(published).toEqual([]);
  });
});

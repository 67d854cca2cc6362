import { gzipSync } from 'node:zlib';
import { BundledLambda } from '../bundled-lambda';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-covid-state-machine:run-1';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alerts';
const ENVIRONMENT = {
  PIPELINE: 'clicklogger-dev-covid',
  TOPIC_ARN: TOPIC,
  RERUN_COMMAND: 'npm run exec -- covid --stage dev',
};
const START = 1_700_000_000;
const ended = {
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: {
    ...{ executionArn: ARN, status: 'FAILED', startDate: START * 1_000, stopDate: (START + 600) * 1_000 },
    ...{ error: 'StepFailed', cause: 'The step covid-report (s-1) failed: Unknown Error.' },
  },
};
const STDERR = 'INFO begin\nCovidReportError: bad.csv lacks the column date\nINFO end\n';

const emr: Readonly<Record<string, object>> = {
  ListClusters: { Clusters: [{ Id: 'j-1', Name: 'clicklogger-dev-covid-run-1' }] },
  DescribeCluster: {
    Cluster: {
      ...{ Id: 'j-1', Name: 'clicklogger-dev-covid-run-1', LogUri: 's3://artifacts/logs/' },
      Status: { State: 'TERMINATED' },
      Tags: [{ Key: 'execution', Value: ARN }],
    },
  },
  ListSteps: {
    Steps: [
      {
        Id: 's-1',
        Name: 'covid-report',
        Status: { State: 'FAILED', FailureDetails: { Reason: 'Unknown Error.' } },
      },
    ],
  },
  ListInstances: {
    Instances: [
      {
        InstanceType: 'm5.xlarge',
        Market: 'ON_DEMAND',
        Status: { Timeline: { CreationDateTime: START, EndDateTime: START + 3600 } },
      },
    ],
  },
};

const lambda = new BundledLambda();

/** AWS with that cluster; what is published is kept. */
function aws(answers: Readonly<Record<string, object>>, published: URLSearchParams[], snsStatus = 200): void {
  lambda.answer = (request, response, body) => {
    const action =
      String(request.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    if (action !== '') {
      const found = answers[action];
      response.writeHead(found === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(found ?? { __type: 'InvalidRequestException', message: 'not yours' }));
    } else if (request.url?.startsWith('/artifacts/logs/j-1/steps/s-1/stderr.gz')) {
      response.end(gzipSync(STDERR));
    } else {
      published.push(new URLSearchParams(body));
      response
        .writeHead(snsStatus, { 'content-type': 'text/xml' })
        .end('<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>');
    }
  };
}

beforeAll(() => lambda.start('cluster-notifier'));
afterAll(() => {
  lambda.stop();
});

describe('the bundled notifier of clusters', () => {
  test('tells the topic once why the execution failed, what it cost and how to run it again', async () => {
    const published: URLSearchParams[] = [];
    aws(emr, published);
    const { errorMessage } = await lambda.invoke(ended, ENVIRONMENT);
    expect(errorMessage).toBeUndefined();
    expect(published).toHaveLength(1);
    expect(published[0]!.get('TopicArn')).toBe(TOPIC);
    expect(published[0]!.get('Subject')).toBe('clicklogger-dev-covid failed: StepFailed');
    const text = published[0]!.get('Message')!;
    expect(text).toContain('Reason:       CovidReportError: bad.csv lacks the column date');
    expect(text).toContain('Ran:          cluster j-1 (TERMINATED), step covid-report s-1 (FAILED)');
    expect(text).toContain('Cost so far:  0.24 USD');
    expect(text).toContain('Run it again: npm run exec -- covid --stage dev');
    expect(text).toContain('Last lines of the log:\n  INFO begin\n');
  });

  test('tells also when it may not look at the cluster', async () => {
    const published: URLSearchParams[] = [];
    aws({}, published);
    expect((await lambda.invoke(ended, ENVIRONMENT)).errorMessage).toBeUndefined();
    expect(published[0]!.get('Message')).toMatch(/Ran: +unknown: InvalidRequestException: not yours/);
  });

  test('fails when the topic does not take the message, so that it is tried again', async () => {
    aws(emr, [], 403);
    expect((await lambda.invoke(ended, ENVIRONMENT)).errorMessage).toBeDefined();
  });

  test('refuses an event that is no end of an execution', async () => {
    const published: URLSearchParams[] = [];
    aws(emr, published);
    expect((await lambda.invoke({ detail: {} }, ENVIRONMENT)).errorType).toBe('InvalidEventError');
    expect(published).toEqual([]);
  });
});

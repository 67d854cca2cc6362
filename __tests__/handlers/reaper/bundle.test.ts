import { executionTag } from '../../../handlers/shared/execution-tag';
import { BundledLambda } from '../bundled-lambda';

const EXECUTIONS = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-covid-state-machine:';
const ENVIRONMENT = {
  PIPELINE: 'clicklogger-dev-covid',
  METRIC_NAMESPACE: 'clicklogger/dev',
  EXECUTIONS,
};
const CLUSTERS = { ...ENVIRONMENT, COMPUTE: 'clusters' };
const JOB_RUNS = { ...ENVIRONMENT, COMPUTE: 'job-runs', APPLICATION_ID: '00fapp' };
const DAY_MS = 86_400_000;

/** An execution that ended a day ago: nothing of it can appear any more. */
const ended = (name: string) => ({
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: { executionArn: EXECUTIONS + name, status: 'ABORTED', stopDate: Date.now() - DAY_MS },
});
const scheduled = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

interface Cluster {
  readonly Id: string;
  readonly Name: string;
  readonly Tags: Readonly<Record<string, string>>;
  state: string;
}

const lambda = new BundledLambda();
let calls: string[] = [];

/** EMR with these clusters, two a page, and Step Functions where only `running` runs. */
function aws(clusters: readonly Cluster[], running: readonly string[] = []): void {
  calls = [];
  const live = () => clusters.filter(({ state }) => !state.startsWith('TERMINAT'));
  const answers: Record<string, (input: Record<string, unknown>) => object> = {
    ListClusters: ({ Marker = '0' }) => {
      const from = Number(Marker);
      const page = live().slice(from, from + 2);
      return { Clusters: page, ...(live().length > from + 2 && { Marker: String(from + 2) }) };
    },
    DescribeCluster: ({ ClusterId }) => {
      const { Tags = {}, state, ...rest } = clusters.find(({ Id }) => Id === ClusterId) ?? {};
      const Timeline = { CreationDateTime: (Date.now() - DAY_MS) / 1_000 };
      const tagList = Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }));
      return { Cluster: { ...rest, Status: { State: state, Timeline }, Tags: tagList } };
    },
    SetTerminationProtection: ({ JobFlowIds, TerminationProtected }) => {
      calls.push(`protect ${String(JobFlowIds)} ${String(TerminationProtected)}`);
      return {};
    },
    TerminateJobFlows: ({ JobFlowIds }) => {
      calls.push(`terminate ${String(JobFlowIds)}`);
      for (const cluster of clusters)
        if ([JobFlowIds].flat().includes(cluster.Id)) cluster.state = 'TERMINATING';
      return {};
    },
    DescribeExecution: ({ executionArn }) => ({
      executionArn,
      status: running.some((name) => executionArn === EXECUTIONS + name) ? 'RUNNING' : 'ABORTED',
    }),
  };
  lambda.answer = (request, response, body) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const input = JSON.parse(body) as Record<string, unknown>;
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      .end(JSON.stringify(answers[action]?.(input)));
  };
}

const cluster = (
  Id: string,
  execution: string,
  state = 'WAITING',
  pipeline = 'clicklogger-dev-covid',
): Cluster => ({
  Id,
  Name: `clicklogger-dev-covid-${execution}`,
  Tags: { pipeline, execution: executionTag(EXECUTIONS + execution) },
  state,
});

beforeAll(() => lambda.start('reaper'));
afterAll(() => {
  lambda.stop();
});

describe('the bundled reaper', () => {
  test('terminates the clusters of the execution that ended, over all pages, protected or not', async () => {
    aws([cluster('j-0', 'other'), cluster('j-1', 'run-1'), cluster('j-2', 'run-2'), cluster('j-3', 'run-1')]);
    const { errorMessage, log } = await lambda.invoke(ended('run-1'), CLUSTERS);
    expect(errorMessage).toBeUndefined();
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1', 'protect j-3 false', 'terminate j-3']);
    expect(log).toContain('ended what no running execution owned');
  });

  test('leaves clusters of others, though they have the name', async () => {
    const tagless = { ...cluster('j-1', 'run-1'), Tags: {} };
    const foreign = cluster('j-2', 'run-1', 'WAITING', 'other');
    const renamed = { ...cluster('j-3', 'run-1'), Name: 'somebody else’s' };
    aws([tagless, foreign, renamed]);
    const { log } = await lambda.invoke(ended('run-1'), CLUSTERS);
    expect(calls).toEqual([]);
    expect(log).toContain('nothing was left');
  });

  test('sweeps up the clusters of every execution that does not run, and measures the oldest', async () => {
    aws([cluster('j-1', 'lost'), cluster('j-2', 'live')], ['live']);
    const { log } = await lambda.invoke(scheduled, CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
    const line = log.split('\n').find((text) => text.startsWith('{"_aws"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      Pipeline: 'clicklogger-dev-covid',
      LiveCompute: 1,
      OrphansEnded: 1,
      OldestComputeHours: expect.closeTo(24, 1) as number,
    });
  });

  test('spares the cluster of a running execution whose name holds what tags refuse', async () => {
    aws([cluster('j-1', 'lost!(1)'), cluster('j-2', 'live!(2)')], ['live!(2)']);
    await lambda.invoke(scheduled, CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
    aws([cluster('j-1', 'run!'), cluster('j-2', 'run(')]);
    await lambda.invoke(ended('run!'), CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
  });

  test('cancels the job runs of the execution, and no others of the application', async () => {
    const tagged: Record<string, string> = { a: 'run-1', b: 'run-2', c: '' };
    const cancelled: string[] = [];
    lambda.answer = (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://aws');
      const id = pathname.split('/')[4];
      if (request.method === 'DELETE' && id !== undefined) cancelled.push(id);
      const jobRun = {
        jobRunId: id,
        applicationId: '00fapp',
        state: cancelled.includes(id ?? '') ? 'CANCELLING' : 'RUNNING',
        createdAt: 1_700_000_000,
        tags: tagged[id ?? ''] ? { execution: EXECUTIONS + (tagged[id ?? ''] ?? '') } : {},
      };
      const ids = searchParams.has('nextToken') ? ['c'] : ['b', 'a'];
      const list = { jobRuns: ids.map((each) => ({ id: each })), ...(ids.length > 1 && { nextToken: 'x' }) };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(id === undefined ? list : { jobRun }));
    };
    const isStates = lambda.answer;
    lambda.answer = (request, response, body) => {
      if (request.headers['x-amz-target'] === undefined) {
        isStates(request, response, body);
        return;
      }
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ status: 'ABORTED' }));
    };
    const { errorMessage } = await lambda.invoke(ended('run-1'), JOB_RUNS);
    expect(errorMessage).toBeUndefined();
    expect(cancelled).toEqual(['a']);
  });

  test('refuses an event that names no execution', async () => {
    aws([]);
    const { errorType, errorMessage } = await lambda.invoke({ detail: { status: 'ABORTED' } }, CLUSTERS);
    expect(errorType).toBe('InvalidEventError');
    expect(errorMessage).toContain('{"status":"ABORTED"}');
  });

  test.each([
    [{ ...ENVIRONMENT, COMPUTE: 'everything' }, 'it must be job-runs or clusters'],
    [{ ...ENVIRONMENT, COMPUTE: 'job-runs' }, 'APPLICATION_ID is not set'],
  ])('does not start with %o', async (environment, problem) => {
    const { errorMessage } = await lambda.invoke(scheduled, environment);
    expect(errorMessage).toContain(problem);
  });
});

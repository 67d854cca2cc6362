import { executionTag } from '../../../handlers/shared/execution-tag';
import { bundledLambda } from '../bundled-lambda';

const EXECUTIONS = 'arn:aws:states:us-east-1:123456789012:execution:clicklogger-dev-covid-state-machine:';
const ENVIRONMENT = { PIPELINE: 'clicklogger-dev-covid', METRIC_NAMESPACE: 'clicklogger/dev', EXECUTIONS };
const CLUSTERS = { ...ENVIRONMENT, COMPUTE: 'clusters' };
const JOB_RUNS = { ...ENVIRONMENT, COMPUTE: 'job-runs', APPLICATION_ID: '00fapp' };
const DAY_MS = 86_400_000;

/** An execution that ended a day ago, so that no late compute can appear. */
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

const lambda = bundledLambda('reaper');
let calls: string[] = [];

/** EMR with these clusters, two in a page, and Step Functions with the running executions; `forgotten` does not exist. */
function aws(clusters: readonly Cluster[], running: readonly string[] = []): void {
  calls = [];
  const live = () => clusters.filter(({ state }) => state === 'WAITING');
  const actions = {
    ListClusters: ({ Marker = '0' }: Record<string, unknown>) => {
      const from = Number(Marker);
      const page = live().slice(from, from + 2);
      return { Clusters: page, ...(live().length > from + 2 && { Marker: String(from + 2) }) };
    },
    DescribeCluster: ({ ClusterId }: Record<string, unknown>) => {
      const { Tags = {}, state, ...rest } = clusters.find(({ Id }) => Id === ClusterId) ?? {};
      const Timeline = { CreationDateTime: (Date.now() - DAY_MS) / 1_000 };
      const tagList = Object.entries(Tags).map(([Key, Value]) => ({ Key, Value }));
      return { Cluster: { ...rest, Status: { State: state, Timeline }, Tags: tagList } };
    },
    SetTerminationProtection: ({ JobFlowIds, TerminationProtected }: Record<string, unknown>) => {
      calls.push(`protect ${String(JobFlowIds)} ${String(TerminationProtected)}`);
      return {};
    },
    TerminateJobFlows: ({ JobFlowIds }: Record<string, unknown>) => {
      calls.push(`terminate ${String(JobFlowIds)}`);
      for (const cluster of clusters)
        if ([JobFlowIds].flat().includes(cluster.Id)) cluster.state = 'TERMINATING';
      return {};
    },
    DescribeExecution: ({ executionArn }: Record<string, unknown>) => {
      const name = String(executionArn).slice(EXECUTIONS.length);
      if (name === 'forgotten') return { __type: 'ExecutionDoesNotExist' };
      return { executionArn, status: running.includes(name) ? 'RUNNING' : 'ABORTED' };
    },
  };
  lambda.serve({ actions });
}

const cluster = (Id: string, execution: string, changes: Partial<Cluster> = {}): Cluster => ({
  Id,
  Name: `clicklogger-dev-covid-${execution}`,
  Tags: { pipeline: 'clicklogger-dev-covid', execution: executionTag(EXECUTIONS + execution) },
  state: 'WAITING',
  ...changes,
});

describe('The bundled reaper', () => {
  test('terminates the clusters of the ended execution on all pages, with termination protection too.', async () => {
    aws([cluster('j-0', 'other'), cluster('j-1', 'run-1'), cluster('j-2', 'run-2'), cluster('j-3', 'run-1')]);
    const { errorMessage, log } = await lambda.invoke(ended('run-1'), CLUSTERS);
    expect(errorMessage).toBeUndefined();
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1', 'protect j-3 false', 'terminate j-3']);
    expect(log).toContain('ended orphaned compute');
  });

  test('does not terminate clusters without the tag and the name of the pipeline.', async () => {
    aws([
      cluster('j-1', 'run-1', { Tags: {} }),
      cluster('j-2', 'run-1', { Tags: { pipeline: 'other', execution: `${EXECUTIONS}run-1` } }),
      cluster('j-3', 'run-1', { Name: 'other' }),
    ]);
    const { log } = await lambda.invoke(ended('run-1'), CLUSTERS);
    expect(calls).toEqual([]);
    expect(log).toContain('no orphaned compute');
  });

  test('terminates on schedule the clusters of all executions that are not running, and emits metrics.', async () => {
    aws([cluster('j-1', 'forgotten'), cluster('j-2', 'live')], ['live']);
    const { log } = await lambda.invoke(scheduled, CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
    const line = log.split('\n').find((text) => text.startsWith('{"_aws"'));
    expect(line).toContain('"Name":"OldestComputeHours","Unit":"None"');
    expect(JSON.parse(String(line))).toMatchObject({
      _aws: {
        Timestamp: expect.closeTo(Date.now(), -6) as number,
        CloudWatchMetrics: [{ Namespace: 'clicklogger/dev', Dimensions: [['Pipeline']] }],
      },
      Pipeline: 'clicklogger-dev-covid',
      LiveCompute: 1,
      OrphansEnded: 1,
      OldestComputeHours: expect.closeTo(24, 1) as number,
    });
  });

  test('distinguishes executions whose names contain characters that tags do not allow.', async () => {
    aws([cluster('j-1', 'lost!(1)'), cluster('j-2', 'live!(2)')], ['live!(2)']);
    await lambda.invoke(scheduled, CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
    aws([cluster('j-1', 'run!'), cluster('j-2', 'run(')]);
    await lambda.invoke(ended('run!'), CLUSTERS);
    expect(calls).toEqual(['protect j-1 false', 'terminate j-1']);
  });

  test('cancels only the job runs of the execution.', async () => {
    const tagged: Readonly<Record<string, string>> = { a: 'run-1', b: 'run-2' };
    const cancelled: string[] = [];
    lambda.answer = (request, response) => {
      const { pathname, searchParams } = new URL(String(request.url), 'http://aws');
      const id = pathname.split('/')[4];
      if (request.method === 'DELETE' && id !== undefined) cancelled.push(id);
      const answer = (): object => {
        if (request.headers['x-amz-target'] !== undefined) return { status: 'ABORTED' };
        if (id === undefined)
          return searchParams.has('nextToken')
            ? { jobRuns: [{ id: 'c' }] }
            : { jobRuns: [{ id: 'b' }, { id: 'a' }], nextToken: 'x' };
        const state = cancelled.includes(id) ? 'CANCELLING' : 'RUNNING';
        const tags = tagged[id] === undefined ? {} : { execution: EXECUTIONS + tagged[id] };
        return { jobRun: { jobRunId: id, applicationId: '00fapp', state, createdAt: 1_700_000_000, tags } };
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()));
    };
    const { errorMessage } = await lambda.invoke(ended('run-1'), JOB_RUNS);
    expect(errorMessage).toBeUndefined();
    expect(cancelled).toEqual(['a']);
  });

  test.each([
    ['an event without an execution', { detail: { status: 'ABORTED' } }, CLUSTERS, '{"status":"ABORTED"}'],
    [
      'an unknown value of COMPUTE',
      scheduled,
      { ...ENVIRONMENT, COMPUTE: 'all' },
      'must be job-runs or clusters',
    ],
    ['no application', scheduled, { ...ENVIRONMENT, COMPUTE: 'job-runs' }, 'APPLICATION_ID is not set'],
    ['a blank application', scheduled, { ...JOB_RUNS, APPLICATION_ID: ' ' }, 'APPLICATION_ID is blank'],
  ])('fails with %s.', async (_, event, environment, problem) => {
    aws([]);
    expect((await lambda.invoke(event, environment)).errorMessage).toContain(problem);
  });
});

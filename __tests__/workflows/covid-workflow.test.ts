import aslValidator from 'asl-validator';
import { covidWorkflow, type CovidWorkflowParams } from '../../workflows/covid-workflow';
import { findLeaks } from '../../workflows/release-proof';
import { type Answer, executionArn, runWorkflow, type Scenario } from '../support/run-workflow';
import { findWrongParameters } from '../support/sdk-parameters';
import { findBrokenReferences } from '../support/state-graph';

const SELF = executionArn('run-1');

const job = (name: string) => ({
  name,
  mainUri: `s3://artifacts/${name}.py`,
  packageUri: `s3://artifacts/${name}.zip`,
});

const params: CovidWorkflowParams = {
  stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:m',
  region: 'eu-west-1',
  dataBucket: { name: 'data', arn: 'arn:aws:s3:::data' },
  prefixes: { raw: 'raw/', processed: 'processed/', rejected: 'rejected/', table: 'curated/t/' },
  jobs: [job('covid-report')],
  clustersArn: 'arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/*',
  ruleArn: (name) => `arn:aws:events:us-east-1:123456789012:rule/${name}`,
  startMinutes: 30,
  stepMinutes: 60,
  explanation: {
    functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f',
    rerunCommand: 'npm run again',
  },
  cluster: {
    namePrefix: 'covid-',
    release: 'emr-7.13.0',
    logUri: 's3://artifacts/logs/',
    logKeyArn: undefined,
    serviceRoleArn: 'arn:aws:iam::123456789012:role/service',
    instanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/nodes',
    instanceRoleArn: 'arn:aws:iam::123456789012:role/nodes',
    subnetIds: ['subnet-1'],
    securityGroups: { primary: 'sg-1', worker: 'sg-2', service: 'sg-3' },
    securityConfiguration: 'covid',
    logGroupName: '/aws/emr/covid',
    primaryTypes: ['m7g.xlarge'],
    workerTypes: ['m7g.xlarge', 'r7g.xlarge'],
    workers: 2,
    spot: true,
    volumeGigabytes: 32,
    idleMinutes: 10,
    tags: { pipeline: 'covid' },
  },
};

const { definition, statements, releaseRules } = covidWorkflow(params);
const twoJobs = covidWorkflow({ ...params, jobs: [job('covid-report'), job('bed-trend')] });

const alone: Answer = { result: { Executions: [{ ExecutionArn: SELF, StartDate: '2026-03-04T23:59:30Z' }] } };
const data: Answer = {
  result: {
    Contents: [
      { Key: 'raw/', Size: 0 },
      { Key: 'raw/a.csv', Size: 10 },
    ],
  },
};
const created: Answer = { result: { ClusterId: 'j-1ABC' } };
const done: Answer = { result: { Step: { Id: 's-1ABCDEFGHIJ' } } };
/** End of every cause without an explanation. */
const RERUN = '\nRun it again: npm run again';
const denied: Answer = { error: 'Some.Exception', cause: 'it broke' };
const stepFailed: Answer = {
  error: 'States.TaskFailed',
  cause: '{"Step":{"Id":"s-0123456789ABC","Status":{"State":"FAILED"}}}',
};
const throttled: Answer = {
  error: 'EMR.AmazonElasticMapReduceException',
  cause:
    'Rate exceeded (Service: AmazonElasticMapReduce; Status Code: 400; Error Code: ThrottlingException; ' +
    'Request ID: 1; Proxy: null)',
};
const invalid: Answer = {
  error: 'EMR.AmazonElasticMapReduceException',
  cause:
    'Subnet is required (Service: AmazonElasticMapReduce; Status Code: 400; Error Code: ValidationException; ' +
    'Request ID: 1; Proxy: null)',
};
const clusters = (...listed: readonly [name: string, id: string][]): Answer => ({
  result: { Clusters: listed.map(([Name, Id]) => ({ Name, Id })) },
});
const described: Answer = {
  result: {
    Step: {
      Id: 's-0123456789ABC',
      Name: 'covid-report',
      Status: {
        State: 'FAILED',
        FailureDetails: {
          Reason: 'Unknown Error.',
          Message: 'CovidReportError: no column state',
          LogFile: 's3://logs/stderr.gz',
        },
      },
    },
  },
};

function run(answers: Scenario['answers'] = {}, input: unknown = {}, machine = definition) {
  return runWorkflow(machine, {
    input,
    answers: {
      FindRuns: [alone],
      FindData: [data],
      CreateCluster: [created],
      RunCovidReport: [done],
      TerminateCluster: [{ result: {} }],
      ExplainFailure: [denied],
      ...answers,
    },
  });
}

const argumentsOf = (outcome: Awaited<ReturnType<typeof run>>, state: string) =>
  outcome.calls.find((call) => call.state === state)?.arguments;

describe('A run', () => {
  test('creates a cluster, runs the job, terminates the cluster, and returns the location of the results.', async () => {
    const outcome = await run();
    expect(outcome.calls.map(({ state }) => state)).toEqual([
      'FindRuns',
      'FindData',
      'CreateCluster',
      'RunCovidReport',
      'TerminateCluster',
    ]);
    expect(outcome.output).toEqual({
      status: 'SUCCEEDED',
      report: 's3://data/processed/2026-03-04T235930Z/covid_report.csv',
      summary: 's3://data/processed/2026-03-04T235930Z/summary.json',
      rejected: 's3://data/rejected/2026-03-04T235930Z/',
      clusterId: 'j-1ABC',
    });
  });

  test('starts the job with its folders and its date.', async () => {
    expect(argumentsOf(await run(), 'RunCovidReport')).toMatchObject({
      ClusterId: 'j-1ABC',
      Step: {
        ActionOnFailure: 'CONTINUE',
        HadoopJarStep: {
          Jar: 'command-runner.jar',
          Args: [
            'spark-submit',
            '--deploy-mode',
            'client',
            '--conf',
            'spark.hadoop.fs.s3a.endpoint.region=eu-west-1',
            '--py-files',
            's3://artifacts/covid-report.zip',
            's3://artifacts/covid-report.py',
            '--input',
            's3://data/raw/',
            '--output',
            's3://data/processed/2026-03-04T235930Z/',
            '--rejected',
            's3://data/rejected/2026-03-04T235930Z/',
            '--table',
            's3://data/curated/t/',
            '--run-date',
            '2026-03-04',
          ],
        },
      },
    });
  });

  test('creates a cluster that waits for steps, has the tag of the execution and terminates when idle.', async () => {
    expect(argumentsOf(await run(), 'CreateCluster')).toMatchObject({
      Name: 'covid-run-1',
      Instances: {
        KeepJobFlowAliveWhenNoSteps: true,
        TerminationProtected: false,
        InstanceFleets: [
          { InstanceFleetType: 'MASTER', TargetOnDemandCapacity: 1 },
          {
            InstanceFleetType: 'CORE',
            TargetSpotCapacity: 2,
            LaunchSpecifications: { SpotSpecification: { TimeoutAction: 'SWITCH_TO_ON_DEMAND' } },
          },
        ],
      },
      AutoTerminationPolicy: { IdleTimeout: 600 },
      SecurityConfiguration: 'covid',
      Applications: [{ Name: 'Spark' }, { Name: 'AmazonCloudWatchAgent' }],
      Configurations: [
        {
          Classification: 'emr-metrics',
          Configurations: [{ Classification: 'emr-system-metrics', Configurations: [] }],
        },
      ],
      MonitoringConfiguration: {
        CloudWatchLogConfiguration: { Enabled: true, LogGroupName: '/aws/emr/covid' },
      },
      Tags: [
        { Key: 'pipeline', Value: 'covid' },
        { Key: 'execution', Value: SELF },
      ],
    });
  });

  test('requests On-Demand workers without Spot, and omits options that are not set.', () => {
    const plain = covidWorkflow({
      ...params,
      cluster: { ...params.cluster, spot: false, securityConfiguration: undefined, logGroupName: undefined },
    });
    const text = JSON.stringify(plain.definition);
    expect(text).toContain('"Name":"workers","InstanceFleetType":"CORE","TargetOnDemandCapacity":2');
    expect(text).not.toMatch(/Ec2KeyName|Spot|SecurityConfiguration|MonitoringConfiguration|CloudWatch/);
  });

  test('accepts an S3 event as input.', async () => {
    expect(await run({}, { detail: { object: { key: 'raw/a.csv' } } })).toMatchObject({
      status: 'SUCCEEDED',
    });
  });
});

describe('A failure', () => {
  test('of the step terminates the cluster and has the reason of EMR and the location of the log.', async () => {
    const outcome = await run({ RunCovidReport: [stepFailed], DescribeStep: [described] });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect(outcome.cause).toBe(
      'The step covid-report (s-0123456789ABC) failed: Unknown Error.\n' +
        'CovidReportError: no column state\nLog: s3://logs/stderr.gz' +
        RERUN,
    );
    expect(argumentsOf(outcome, 'TerminateCluster')).toEqual({ ClusterId: 'j-1ABC' });
  });

  test('is explained after the termination of the cluster.', async () => {
    const cause =
      'ValueError: no\nCost so far: 0.1 USD\nRun it again: npm run again\nLast lines of the log:\nx';
    const outcome = await run({
      RunCovidReport: [stepFailed],
      DescribeStep: [described],
      ExplainFailure: [{ result: { Payload: { cause } } }],
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed', cause });
    expect(outcome.path.slice(-4)).toEqual(['TerminateCluster', 'CheckOutcome', 'ExplainFailure', 'FailRun']);
    expect(argumentsOf(outcome, 'ExplainFailure')).toEqual({
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      Payload: {
        clusterId: 'j-1ABC',
        cause: expect.stringMatching(/^The step covid-report .*Log: s3:\/\/logs\/stderr\.gz$/s) as string,
      },
    });
  });

  test.each<[string, Answer]>([
    ['fails', denied],
    ['times out', { error: 'States.Timeout', cause: '' }],
    ['returns null', { result: { Payload: null } }],
    ['returns another type', { result: { Payload: { cause: { text: 'x' } } } }],
  ])('keeps its cause when the explanation %s.', async (_, answer) => {
    const outcome = await run({ RunCovidReport: [denied], ExplainFailure: [answer] });
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'StepFailed',
      cause: `The step covid-report failed: it broke${RERUN}`,
    });
  });

  test.each([
    ['Runtime.ExitError', 2],
    ['Lambda.Unknown', 2],
    ['ThrottlingException', 2],
    ['States.Timeout', 1],
    ['Sandbox.Timedout', 1],
  ])('whose explanation fails with %s is explained with at most %i calls.', async (error, calls) => {
    const answer = { result: { Payload: { cause: 'explained' } } };
    const outcome = await run({ RunCovidReport: [denied], ExplainFailure: [{ error, cause: '' }, answer] });
    expect(outcome.calls.filter(({ state }) => state === 'ExplainFailure')).toHaveLength(calls);
    expect(outcome.cause).toBe(
      (calls === 2 ? 'explained' : 'The step covid-report failed: it broke') + RERUN,
    );
  });

  test('has a cause within the limit of Step Functions.', async () => {
    const outcome = await run({ RunCovidReport: [{ error: 'E', cause: 'x'.repeat(40_000) }] });
    expect(outcome.cause!.length).toBeLessThan(32_768);
    expect(outcome.cause).toMatch(new RegExp(`xxx${RERUN}$`));
  });

  test.each([
    ['without details of EMR', stepFailed, 'The step covid-report failed: {"Step"'],
    ['with a plain text cause', denied, `The step covid-report failed: it broke${RERUN}`],
  ])('of the step %s terminates the cluster and keeps its cause.', async (_, answer, cause) => {
    const outcome = await run({ RunCovidReport: [answer], DescribeStep: [denied] });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect(outcome.cause).toContain(cause);
    expect(outcome.path).toContain('TerminateCluster');
    expect(outcome.path.includes('DescribeStep')).toBe(answer === stepFailed);
  });

  test('to end before the timeout terminates the cluster.', async () => {
    const outcome = await run({ RunCovidReport: [{ error: 'States.Timeout', cause: '' }] });
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'StepTimedOut',
      cause: `The step covid-report was still running after 60 minutes.${RERUN}`,
    });
    expect(outcome.path).toContain('TerminateCluster');
  });

  test.each<[string, Answer, Answer[]]>([
    ['on the first page', clusters(['covid-run-0', 'j-0'], ['covid-run-1', 'j-9']), []],
    [
      'on a later page',
      { result: { Clusters: [{ Name: 'other', Id: 'j-0' }], Marker: 'page-2' } },
      [clusters(['covid-run-1', 'j-9'])],
    ],
  ])(
    'of the creation terminates the cluster with the name of the execution %s of the list.',
    async (_, first, more) => {
      const outcome = await run({ CreateCluster: [denied], FindCluster: [first], FindMoreClusters: more });
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'Some.Exception' });
      expect(argumentsOf(outcome, 'FindCluster')).toMatchObject({ CreatedAfter: '2026-03-04T23:59:30.000Z' });
      if (more.length > 0)
        expect(argumentsOf(outcome, 'FindMoreClusters')).toMatchObject({ Marker: 'page-2' });
      expect(argumentsOf(outcome, 'TerminateCluster')).toEqual({ ClusterId: 'j-9' });
    },
  );

  test('of the search for the cluster repeats the search.', async () => {
    const outcome = await run({
      CreateCluster: [denied],
      FindCluster: [denied, { result: { Clusters: [{ Name: 'covid-run-1', Id: 'j-9' }] } }],
    });
    expect(outcome).toMatchObject({
      status: 'FAILED',
      cause: `Creating the cluster failed: it broke${RERUN}`,
    });
    expect(argumentsOf(outcome, 'TerminateCluster')).toEqual({ ClusterId: 'j-9' });
  });

  test('of the creation without a cluster has its reason.', async () => {
    const outcome = await run({ CreateCluster: [denied], FindCluster: [{ result: { Clusters: [] } }] });
    expect(outcome).toMatchObject({
      status: 'FAILED',
      error: 'Some.Exception',
      cause: `Creating the cluster failed: it broke${RERUN}`,
    });
    expect(outcome.path).not.toContain('TerminateCluster');
    expect(outcome.path).not.toContain('ExplainFailure');
  });

  test.each<[string, Answer]>([
    ['Some.Exception: it broke', denied],
    ['States.Timeout', { error: 'States.Timeout', cause: undefined }],
  ])(
    'of the termination with %s fails a successful run with the id of the cluster.',
    async (shown, answer) => {
      const outcome = await run({ TerminateCluster: [answer] });
      expect(outcome).toMatchObject({ status: 'FAILED', error: 'ClusterNotTerminated' });
      expect(outcome.cause).toBe(`Cluster j-1ABC may still be running: ${shown}${RERUN}`);
      expect(outcome.path).not.toContain('ExplainFailure');
    },
  );

  test('of the termination is added to the reason.', async () => {
    const outcome = await run({ RunCovidReport: [denied], TerminateCluster: [denied] });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect(outcome.cause).toMatch(
      /^The step covid-report failed: it broke\nCluster j-1ABC may still be running/,
    );
  });

  test.each(['FindRuns', 'FindData'])('of %s creates no cluster.', async (state) => {
    const outcome = await run({ [state]: [denied] });
    expect(outcome.status).toBe('FAILED');
    expect(outcome.path).not.toContain('CreateCluster');
  });
});

const countOf = (outcome: Awaited<ReturnType<typeof run>>, name: string): number =>
  outcome.path.filter((state) => state === name).length;

describe('A call that EMR throttles', () => {
  test('to create a cluster is retried when there is no cluster.', async () => {
    const outcome = await run({ CreateCluster: [throttled, throttled, created], FindCluster: [clusters()] });
    expect(outcome.output).toMatchObject({ status: 'SUCCEEDED', clusterId: 'j-1ABC' });
    expect(countOf(outcome, 'CreateCluster')).toBe(3);
    expect(countOf(outcome, 'FindCluster')).toBe(2);
  });

  test('to create a cluster is not retried when there is a cluster.', async () => {
    const outcome = await run({
      CreateCluster: [throttled],
      FindCluster: [clusters(['covid-run-1', 'j-9'])],
    });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'EMR.AmazonElasticMapReduceException' });
    expect(countOf(outcome, 'CreateCluster')).toBe(1);
    expect(argumentsOf(outcome, 'TerminateCluster')).toEqual({ ClusterId: 'j-9' });
  });

  test('to add a step is retried on the same cluster.', async () => {
    const outcome = await run({ RunCovidReport: [throttled, throttled, done] });
    expect(outcome.output).toMatchObject({ status: 'SUCCEEDED' });
    expect(countOf(outcome, 'CreateCluster')).toBe(1);
    expect(countOf(outcome, 'RunCovidReport')).toBe(3);
  });

  test('to add the second step does not run the first step again.', async () => {
    const outcome = await run({ RunBedTrend: [throttled, done] }, {}, twoJobs.definition);
    expect(outcome.output).toMatchObject({ status: 'SUCCEEDED' });
    expect([countOf(outcome, 'RunCovidReport'), countOf(outcome, 'RunBedTrend')]).toEqual([1, 2]);
  });

  test('repeatedly fails the run with its reason and terminates the cluster.', async () => {
    const creating = await run({ CreateCluster: [throttled], FindCluster: [clusters()] });
    expect(creating).toMatchObject({ status: 'FAILED', error: 'EMR.AmazonElasticMapReduceException' });
    expect(creating.cause).toContain('Creating the cluster failed: Rate exceeded');
    const adding = await run({ RunCovidReport: [throttled] });
    expect(adding).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect(adding.cause).toContain('The step covid-report failed: Rate exceeded');
    expect(adding.path).toContain('TerminateCluster');
    expect([countOf(creating, 'CreateCluster'), countOf(adding, 'RunCovidReport')]).toEqual([9, 9]);
  });

  test('is retried for less than the idle timeout of the cluster.', async () => {
    const adding = await run({ RunCovidReport: [throttled] });
    const added = await run();
    const waited = adding.end.getTime() - added.end.getTime();
    // Step Functions detects the end of the previous step up to five minutes late.
    expect(waited / 60_000 + 5).toBeLessThan(params.cluster.idleMinutes);
  });

  test.each<[string, Answer]>([
    ['another error of EMR', invalid],
    ['a failure of a cluster or step that mentions throttling', { ...throttled, error: 'States.TaskFailed' }],
    ['a timeout', { error: 'States.Timeout', cause: undefined }],
  ])('is not %s, which is not retried.', async (_, answer) => {
    const creating = await run({ CreateCluster: [answer], FindCluster: [clusters()] });
    const adding = await run({ RunCovidReport: [answer] });
    expect([creating.status, adding.status]).toEqual(['FAILED', 'FAILED']);
    expect([countOf(creating, 'CreateCluster'), countOf(adding, 'RunCovidReport')]).toEqual([1, 1]);
  });
});

describe('The id of a failed step', () => {
  const ID = 's-0123456789ABC';
  test.each([
    ['the step as JSON', JSON.stringify({ Step: { Id: ID, Name: 'x' } })],
    ['the id as JSON', JSON.stringify({ StepId: ID }, null, 2)],
    [
      'a step with similar bucket names',
      JSON.stringify({ Step: { Config: { Args: ['s3://us-0123456789AB', 's-ABCDEFGHIJKLM'] }, Id: ID } }),
    ],
  ])('is found in %s.', async (_, cause) => {
    const outcome = await run({
      RunCovidReport: [{ error: 'States.TaskFailed', cause }],
      DescribeStep: [described],
    });
    expect(argumentsOf(outcome, 'DescribeStep')).toEqual({ ClusterId: 'j-1ABC', StepId: ID });
  });

  test.each([
    ['plain text', `The step ${ID} is not valid.`],
    ['a bucket', JSON.stringify({ Args: ['s3://s-0123456789ABC/raw/'], Id: 'j-1ABC' })],
    ['truncated JSON', '{"Step":{"Name":"x","Config":'],
    ['no cause', undefined],
  ])('is not found in %s.', async (_, cause) => {
    const outcome = await run({ RunCovidReport: [{ error: 'States.TaskFailed', cause }] });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect(outcome.path).not.toContain('DescribeStep');
    expect(outcome.path).toContain('TerminateCluster');
  });
});

describe('The definition', () => {
  test('is valid and has existing actions, parameters and states.', async () => {
    expect(aslValidator(structuredClone(definition)).errorsText()).toBe('');
    expect(findBrokenReferences(definition)).toEqual([]);
    expect(await findWrongParameters(definition)).toEqual([]);
  });

  test('terminates the cluster on every path after CreateCluster, including a failed creation.', () => {
    expect(findLeaks(definition, releaseRules)).toEqual([]);
  });

  test('does not run the second job after a failure of the first.', async () => {
    const outcome = await run({ RunCovidReport: [denied] }, {}, twoJobs.definition);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'StepFailed' });
    expect([...new Set(outcome.calls.map(({ state }) => state))].slice(-3)).toEqual([
      'RunCovidReport',
      'TerminateCluster',
      'ExplainFailure',
    ]);
  });

  test('runs a second job on the same cluster.', () => {
    expect(twoJobs.definition.States.RunCovidReport).toMatchObject({ Next: 'RunBedTrend' });
    expect(twoJobs.definition.States.RunBedTrend).toMatchObject({ Next: 'TerminateCluster' });
    expect(findLeaks(twoJobs.definition, twoJobs.releaseRules)).toEqual([]);
    expect(findBrokenReferences(twoJobs.definition)).toEqual([]);
    expect(twoJobs.definition.TimeoutSeconds).toBeGreaterThan(definition.TimeoutSeconds);
  });

  test('has a timeout that exceeds the sum of all tasks.', () => {
    const tasks = Object.values(definition.States).filter((state) => state.Type === 'Task');
    const total = tasks.reduce((sum, { TimeoutSeconds }) => sum + Number(TimeoutSeconds), 0);
    expect(total).toBeLessThan(definition.TimeoutSeconds);
  });

  test('retries the termination after every error, and once after a timeout.', () => {
    expect(definition.States.TerminateCluster).toMatchObject({
      Retry: [
        { ErrorEquals: ['States.Timeout'], MaxAttempts: 1 },
        { ErrorEquals: ['States.ALL'], MaxAttempts: 10 },
      ],
    });
  });

  test('retries read-only calls after every error, and calls without a client token never.', () => {
    for (const [name, state] of Object.entries(definition.States)) {
      if (state.Type !== 'Task') continue;
      const retried = state.Retry?.flatMap(({ ErrorEquals }) => ErrorEquals);
      if (/:(list|describe)\w+$/.test(state.Resource))
        expect([name, retried]).toEqual([name, ['States.DataLimitExceeded', 'States.ALL']]);
      if (/:(createCluster|addStep)/.test(state.Resource)) expect([name, retried]).toEqual([name, undefined]);
    }
  });

  test('passes each role only to its service, with the service names of both partitions.', () => {
    const names = (service: string) => ({
      'iam:PassedToService': [`${service}.amazonaws.com`, `${service}.amazonaws.com.cn`],
    });
    const passing = statements.filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passing.map(({ resources, conditions }) => [resources[0], conditions?.StringEquals])).toEqual([
      [params.cluster.serviceRoleArn, names('elasticmapreduce')],
      [params.cluster.instanceRoleArn, names('ec2')],
    ]);
  });
});

test('The check finds an unknown parameter in a list.', async () => {
  const wrong = structuredClone(definition);
  (wrong.States.RunCovidReport as unknown as { Arguments: unknown }).Arguments = {
    ClusterId: 'j-1',
    Step: { Name: 'x', OnFailure: 'CONTINUE', HadoopJarStep: { Jar: 'command-runner.jar' } },
  };
  expect(await findWrongParameters(wrong)).toEqual([
    expect.stringContaining('RunCovidReport.Steps.0.OnFailure: no such parameter'),
  ]);
});

const catchAllTo = (Next: string) => ({ Catch: [{ ErrorEquals: ['States.ALL'], Next }] });

test.each<[string, string, { Catch?: unknown; Next?: unknown }]>([
  ['the Catch of a step leads to the end', 'RunCovidReport', catchAllTo('FailRun')],
  ['a successful step bypasses the termination', 'RunCovidReport', { Next: 'CheckOutcome' }],
  ['a step has no Catch', 'RunCovidReport', { Catch: [] }],
  ['a failed creation ends the execution', 'CreateCluster', catchAllTo('FailRun')],
  ['a failed creation is retried without a search', 'CreateCluster', catchAllTo('CreateCluster')],
  ['the description of the step ends the execution', 'DescribeStep', { Next: 'FailRun' }],
  ['a failure is explained before the termination', 'DescribeStep', { Next: 'ExplainFailure' }],
])('The release proof finds a leak when %s.', (_, state, change) => {
  const copy = structuredClone(definition);
  Object.assign(copy.States[state]!, change);
  expect(findLeaks(copy, releaseRules)).not.toEqual([]);
});

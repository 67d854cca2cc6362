import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunJobFlowCommandInput } from '@aws-sdk/client-emr';
import {
  bucket,
  LocalDeployment,
  localFolder,
  stateMachine,
  taskEnvironment,
} from '../support/local-deployment';
import { eventually } from '../support/eventually';
import { requireTask, runTask } from '../support/local-run';

const COVID = stateMachine('covid-state-machine');
const RAW = { Bucket: bucket('covid-data'), Key: 'raw/generated-for-the-reaper.csv' };

let local: LocalDeployment;
let applicationId: string;

interface Reaped {
  readonly compute: readonly { readonly id: string; readonly isOrphan: boolean; readonly costUsd: number }[];
  readonly ended: readonly string[];
}

async function reap(...options: readonly string[]): Promise<Reaped> {
  const { stdout } = await requireTask('reap', ['--local', '--json', ...options], taskEnvironment());
  return JSON.parse(stdout) as Reaped;
}

const nameOf = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(':') + 1);

/** Starts an execution whose name has characters that tags reject. */
async function start(stateMachineArn: string): Promise<string> {
  const name = `reaped!(${randomUUID()})`;
  const { executionArn } = await local.sfn.startExecution({ stateMachineArn, name, input: '{}' });
  return executionArn!;
}

function clusterOf(executionArn: string): Promise<string> {
  return eventually(async () => {
    const { Clusters = [] } = await local.emr.listClusters({});
    return Clusters.find(({ Name = '' }) => Name.endsWith(nameOf(executionArn)))?.Id;
  });
}

async function clusterState(ClusterId: string): Promise<string> {
  const { Cluster } = await local.emr.describeCluster({ ClusterId });
  return Cluster!.Status!.State!;
}

/** Waits for a terminal state. */
function ended(state: () => Promise<string>): Promise<string> {
  return eventually(async () => {
    const now = await state();
    return /^(TERMINATED.*|CANCELLED|SUCCESS|FAILED)$/.test(now) && now;
  });
}

/** Starts a cluster with the workflow's parameters, but without an execution and without automatic termination. */
async function startCluster(): Promise<string> {
  const { executions = [] } = await local.sfn.listExecutions({ stateMachineArn: COVID });
  const histories = executions.map(({ executionArn }) =>
    local.sfn.getExecutionHistory({ executionArn, maxResults: 1000 }),
  );
  const calls = (await Promise.all(histories)).flatMap(({ events = [] }) =>
    events.map(({ taskScheduledEventDetails: details }) => details),
  );
  const { parameters } = calls.find((call) => call?.resource?.startsWith('createCluster'))!;
  const like = JSON.parse(parameters!) as RunJobFlowCommandInput;
  const Tags = like.Tags!.filter(({ Key }) => Key !== 'execution');
  const { JobFlowId } = await local.emr.runJobFlow({
    ...like,
    Name: 'clicklogger-dev-covid-by-hand',
    Tags,
    AutoTerminationPolicy: undefined,
  });
  return JobFlowId!;
}

beforeAll(async () => {
  local = await LocalDeployment.open();
  applicationId = await local.applicationId();
  // Otherwise the deployed reaper may be faster than the task.
  for (const Name of ['clicklogger-dev-sweep', 'clicklogger-dev-covid-sweep'])
    await local.events.disableRule({ Name });
  const data = readFileSync(join(localFolder(), 'generated-hospital-data.csv'));
  await local.s3.putObject({ ...RAW, Body: data });
});

afterAll(async () => {
  await local.s3.deleteObject(RAW);
});

// Each continues where the one before has ended.
describe('Compute that no running execution owns', () => {
  let cluster: string;
  let jobRun: string;
  beforeAll(async () => {
    [cluster, jobRun] = [await startCluster(), await local.startSleepingJob()];
    // Before that they cost nothing.
    await eventually(async () => (await clusterState(cluster)) === 'WAITING');
  });

  test('keeps npm run exec from changing the application on which it runs.', async () => {
    const larger = { ...taskEnvironment(), EMR_MAX_VCPU: '20' };
    const { exitCode, stderr } = await runTask('exec', ['clicklogger', '--local', '--yes'], larger);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${jobRun} of application ${applicationId} (RUNNING)`);
    expect(stderr).toContain('Nothing was changed.');
    const { application } = await local.emrServerless.getApplication({ applicationId });
    expect(application).toMatchObject({ state: 'STARTED', maximumCapacity: { cpu: '16 vCPU' } });
  });

  test('is listed and ended by npm run reap, which does not end what a running execution owns.', async () => {
    const listed = await reap('--dry-run');
    expect(listed.compute.map(({ id }) => id).sort()).toEqual([jobRun, cluster].sort());
    expect(listed.compute.every(({ isOrphan, costUsd }) => isOrphan && costUsd > 0)).toBe(true);
    expect(listed.ended).toEqual([]);

    const execution = await start(COVID);
    const owned = await clusterOf(execution);
    const reaped = await reap('--yes');
    expect([...reaped.ended].sort()).toEqual([jobRun, cluster].sort());
    expect(reaped.compute).toContainEqual(expect.objectContaining({ id: owned, isOrphan: false }));
    expect(await clusterState(owned)).toMatch(/^(STARTING|BOOTSTRAPPING|RUNNING|WAITING)$/);
    expect(await ended(() => local.jobRunState(applicationId, jobRun))).toBe('CANCELLED');
    expect(await ended(() => clusterState(cluster))).toBe('TERMINATED');
    await local.sfn.stopExecution({ executionArn: execution });
    await ended(() => clusterState(owned));
  });
});

import { randomUUID } from 'node:crypto';
import { EMR, type RunJobFlowCommandInput } from '@aws-sdk/client-emr';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { LINKED_ROLES } from '../../../config/linked-roles';
import { executionName } from '../../../handlers/shared/execution-tag';
import { CLUSTER_LOG_PREFIX, COVID_PREFIXES } from '../../../stacks/covid-permissions';
import { ignoreNotFound } from '../../aws/aws-errors';
import { endClusters, listClusters } from '../../aws/clusters';
import { executionHistory } from '../../aws/executions';
import { listObjects } from '../../aws/s3-objects';
import { TaskError } from '../../cli/errors';
import { type Bench, expectIn, type PermissionScenario } from './bench';
import { SWEEP_EVENT, updateLogging } from './click-scenarios';

const DATA = { name: 'data.csv', body: 'state,date,inpatient_beds\nFL,2020-08-26,10\n' };
const WEB_PAGE = { name: 'page.csv', body: '<!DOCTYPE html><html><body>Not found</body></html>\n' };

const SUCCEEDED = 'an execution that has made a report';
const FAILED = 'an execution whose step has failed';
const FAILED_CLUSTER = 'the cluster of a step that has failed';

const LIVE = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'] as const;

/** Replaces the files in raw/. */
async function load({ target, stage }: Bench, ...files: readonly (typeof DATA)[]): Promise<void> {
  const s3 = target.client(S3);
  const Bucket = stage.covid.data_bucket;
  for (const { Key } of await listObjects(s3, { Bucket, Prefix: COVID_PREFIXES.raw }))
    await s3.deleteObject({ Bucket, Key });
  for (const { name, body } of files)
    await s3.putObject({ Bucket, Key: COVID_PREFIXES.raw + name, Body: body });
}

async function clusterOf({ target }: Bench, executionArn: string): Promise<string | undefined> {
  const name = executionName(executionArn);
  return (await listClusters(target)).find(({ Name = '' }) => Name.endsWith(name))?.Id;
}

async function terminated(bench: Bench, ClusterId: string): Promise<void> {
  await bench.wait(`The end of cluster ${ClusterId}`, async () => {
    const { Cluster } = await bench.target.client(EMR).describeCluster({ ClusterId });
    return Cluster?.Status?.State?.startsWith('TERMINATED') === true ? true : undefined;
  });
}

/** A cluster like the clusters of the workflow, with the tag of an execution that does not exist and without auto-termination. */
async function startOrphan(bench: Bench): Promise<string> {
  const { target, stage } = bench;
  const call = (await executionHistory(target, bench.take(SUCCEEDED)))
    .map(({ taskScheduledEventDetails: details }) => details)
    .find((details) => details?.resource?.startsWith('createCluster'));
  const like = JSON.parse(call?.parameters ?? '{}') as RunJobFlowCommandInput;
  const name = randomUUID();
  const execution = stage.covid.state_machine_arn.replace(':stateMachine:', ':execution:');
  const Tags = [
    ...(like.Tags ?? []).filter(({ Key }) => Key !== 'execution'),
    { Key: 'execution', Value: `${execution}:${name}` },
  ];
  const Name = `${target.names.pipeline('covid')}-${name}`;
  const request = { ...like, Name, Tags, AutoTerminationPolicy: undefined };
  const { JobFlowId } = await target.client(EMR).runJobFlow(request);
  if (JobFlowId === undefined) throw new TaskError('EMR has returned no JobFlowId.');
  return JobFlowId;
}

/** Does `work` while the cluster of the failed step has no logs. */
function withoutLogs<T>(bench: Bench, work: () => Promise<T>): Promise<T> {
  const folder = `${CLUSTER_LOG_PREFIX}${bench.take(FAILED_CLUSTER)}/`;
  return bench.without(bench.stage.covid.artifacts_bucket, folder, work);
}

/** Waits for an execution with a matching input that started after `began`, and stops it; the list of executions is delayed. */
async function started(bench: Bench, began: number, isTheirs: (input: object) => boolean): Promise<void> {
  const sfn = bench.target.client(SFN);
  const found = await bench.wait('An execution that starts', async () => {
    for (const executionArn of await bench.running()) {
      const { startDate, input = '{}' } = await sfn.describeExecution({ executionArn });
      if (Number(startDate) >= began && isTheirs(JSON.parse(input) as object)) return executionArn;
    }
    return undefined;
  });
  await bench.stop(found);
}

async function onSchedule(bench: Bench, work: () => Promise<void>): Promise<void> {
  const scheduler = bench.target.client(Scheduler);
  const Name = bench.target.names.plain('covid');
  const given = await scheduler.getSchedule({ Name, GroupName: Name });
  const { FlexibleTimeWindow, ScheduleExpression, Target } = given;
  const update = (expression: string | undefined): Promise<unknown> =>
    scheduler.updateSchedule({
      Name,
      GroupName: Name,
      FlexibleTimeWindow,
      Target,
      ScheduleExpression: expression,
    });
  await update('rate(1 minute)');
  try {
    await work();
  } finally {
    await update(ScheduleExpression);
  }
}

/** Ends all executions and clusters. */
export async function settleCovid(bench: Bench): Promise<void> {
  for (const execution of await bench.running()) await bench.stop(execution);
  const live = await listClusters(bench.target, { ClusterStates: [...LIVE] });
  await endClusters(
    bench.target,
    live.map(({ Id }) => Id),
    () => undefined,
  );
}

async function report(bench: Bench): Promise<void> {
  const began = Date.now();
  await load(bench, DATA);
  const { executionArn = '', output } = await bench.run({}, 'SUCCEEDED');
  expectIn(output, /"status":"SUCCEEDED"/);
  bench.left.set(SUCCEEDED, executionArn);
  const [, cluster = ''] = /"clusterId":"(j-\w+)"/.exec(output ?? '') ?? [];
  await terminated(bench, cluster);
  await bench.logged('emr', 'covid', began);
  const { artifacts_bucket: Bucket } = bench.stage.covid;
  const Prefix = `${CLUSTER_LOG_PREFIX}${cluster}/steps/`;
  await bench.wait('The log of the step', async () => {
    const logs = await listObjects(bench.target.client(S3), { Bucket, Prefix });
    return logs[0];
  });
}

/** Starts a cluster that must create a service-linked role. */
async function firstCluster(
  bench: Bench,
  { service, name }: { service: string; name: string },
): Promise<void> {
  const deleted = bench.target.client(IAM).deleteServiceLinkedRole({ RoleName: name });
  await ignoreNotFound(deleted, 'NoSuchEntityException');
  await load(bench, DATA);
  const execution = await bench.start({});
  try {
    const ClusterId = await bench.wait('A cluster', () => clusterOf(bench, execution));
    await bench.wait('A cluster that waits for steps', async () => {
      const { Cluster } = await bench.target.client(EMR).describeCluster({ ClusterId });
      const { State = '', StateChangeReason } = Cluster?.Status ?? {};
      if (State.startsWith('TERMINATED'))
        throw new TaskError(`${service}: ${StateChangeReason?.Message ?? State}`);
      return ['WAITING', 'RUNNING'].includes(State) ? true : undefined;
    });
  } finally {
    await settleCovid(bench);
  }
}

/** Scenarios of the covid pipeline; later scenarios use values of earlier ones. */
export const covidScenarios: readonly PermissionScenario[] = [
  {
    name: 'a schedule starts the workflow',
    run: async (bench) => {
      await load(bench);
      const began = Date.now();
      await onSchedule(bench, () => started(bench, began, (input) => !('detail' in input)));
    },
  },
  {
    name: 'a schedule cannot start the workflow',
    run: (bench) =>
      bench.policies.denying('covid-schedule', ['states:StartExecution'], () =>
        onSchedule(bench, async () => {
          await bench.receive(
            'covid-dead-letters',
            () => true,
            () => Promise.resolve(),
          );
        }),
      ),
  },
  {
    name: 'an upload starts the workflow',
    run: async (bench) => {
      const began = Date.now();
      await bench.enableRule('covid', true);
      try {
        await load(bench, DATA);
        await started(bench, began, (input) => 'detail' in input);
      } finally {
        await bench.enableRule('covid', false);
        await settleCovid(bench);
      }
    },
  },
  { name: 'a report is made', run: report },
  {
    name: 'a step fails',
    run: async (bench) => {
      const began = Date.now();
      await load(bench, WEB_PAGE);
      const { executionArn = '', cause } = await bench.run({}, 'FAILED', 'StepFailed');
      await load(bench, DATA);
      expectIn(cause, /page\.csv/, /Log: /, /Cost so far: \d/, /Last lines of the log:/);
      await bench.logged('emr', 'covid', began);
      bench.left.set(FAILED, executionArn);
      const cluster = await clusterOf(bench, executionArn);
      if (cluster === undefined) throw new TaskError(`The execution ${executionArn} has no cluster.`);
      bench.left.set(FAILED_CLUSTER, cluster);
    },
  },
  {
    name: 'a failure is explained',
    run: async (bench) => {
      const event = { clusterId: bench.take(FAILED_CLUSTER), cause: 'known' };
      expectIn(await bench.invoke('covid-failure', event), /Cost so far: \d/, /Last lines of the log:/);
    },
  },
  {
    name: 'a failure without a log is explained',
    run: async (bench) => {
      const clusterId = bench.take(FAILED_CLUSTER);
      const answer = await withoutLogs(bench, () =>
        bench.invoke('covid-failure', { clusterId, cause: 'known' }),
      );
      expectIn(answer, /there is no such object/);
    },
  },
  {
    name: 'a failed step is notified',
    run: async (bench) => {
      const message = await bench.notify('covid-notifier', 'covid-heard', bench.take(FAILED));
      expectIn(message, /Cost so far: +\d/, /Last lines of the log:/);
    },
  },
  {
    name: 'a failed step without a log is notified',
    run: async (bench) => {
      const message = await withoutLogs(bench, () =>
        bench.notify('covid-notifier', 'covid-heard', bench.take(FAILED)),
      );
      expectIn(message, /there is no such object/);
    },
  },
  {
    name: 'a cluster cannot start',
    run: async (bench) => {
      await load(bench, DATA);
      const { cause } = await bench.policies.denying('covid-service', ['ec2:RunInstances'], () =>
        bench.run({}, 'FAILED', 'States.TaskFailed'),
      );
      expectIn(cause, /insufficient EC2 permissions/);
    },
  },
  {
    name: 'an execution is stopped while its step runs',
    run: async (bench) => {
      await load(bench, DATA);
      const emr = bench.target.client(EMR);
      const execution = await bench.start({});
      const step = await bench.wait('A step that runs', async () => {
        const ClusterId = await clusterOf(bench, execution);
        if (ClusterId === undefined) return undefined;
        const { Steps: [first] = [] } = await emr.listSteps({ ClusterId });
        return first?.Status?.State === 'RUNNING' ? { ClusterId, StepId: first.Id } : undefined;
      });
      await bench.stop(execution);
      try {
        await bench.wait('A step that is cancelled', async () => {
          const { Step } = await emr.describeStep(step);
          const state = Step?.Status?.State;
          if (state === 'COMPLETED') throw new TaskError('The step was not cancelled.');
          return state === 'CANCELLED' ? true : undefined;
        });
      } finally {
        await settleCovid(bench);
      }
    },
  },
  {
    name: 'the reaper ends a cluster that no execution owns',
    run: async (bench) => {
      const cluster = await startOrphan(bench);
      try {
        await bench.invokeUntil('covid-reaper', SWEEP_EVENT, () => terminated(bench, cluster));
      } finally {
        await settleCovid(bench);
      }
    },
  },
  { name: 'the first cluster of an account', run: (bench) => firstCluster(bench, LINKED_ROLES.emrCleanup) },
  { name: 'the first Spot instances of an account', run: (bench) => firstCluster(bench, LINKED_ROLES.spot) },
  {
    name: 'the reaper fails and its event is kept',
    run: (bench) => bench.failInvocation('covid-reaper', 'covid-dead-letters'),
  },
  {
    name: 'the notifier fails and its event is kept',
    run: (bench) => bench.failInvocation('covid-notifier', 'covid-dead-letters'),
  },
  {
    name: 'the log of the workflow is configured',
    run: (bench) => updateLogging(bench, bench.stage.covid.state_machine_arn),
  },
];

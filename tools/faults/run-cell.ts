import { randomInt } from 'node:crypto';
import { EMR } from '@aws-sdk/client-emr';
import { SFN } from '@aws-sdk/client-sfn';
import { listClusters } from '../aws/clusters';
import { executionEnd, executionHistory } from '../aws/executions';
import { listJobRuns } from '../aws/job-runs';
import { waitFor } from '../aws/waiting';
import { errorMessage } from '../cli/errors';
import { startRun } from '../runs/execution';
import type { PipelineName } from '../runs/pipeline-inputs';
import type { Cell } from './cells';
import { type FaultStage, order, storedIn } from './fault-stage';
import { ENDLESS_SECONDS, type Plan, planOf } from './orders';
import { problemsOf, type StartedCompute } from './problems';

/** Time limit of an execution, hours on AWS. */
const END_MS = 5 * 60_000;
/** Time limit for the end of compute: the reaper ends it within seconds, EMR only after minutes. */
const RELEASE_MS = 60_000;

export interface CellEnd {
  readonly cell: Cell;
  readonly executionArn: string;
  /** ABORTED, FAILED or SUCCEEDED. */
  readonly status: string;
  /** Error and cause; empty after success. */
  readonly shown: string;
  readonly problems: readonly string[];
  /** Duration until the end of all compute. */
  readonly seconds: number;
}

export async function runCell(stage: FaultStage, cell: Cell): Promise<CellEnd> {
  const began = Date.now();
  const plan = planOf(cell, stage.definitions[cell.pipeline]);
  const name = [cell.pipeline, cell.state, ...cell.fault.split(' '), randomInt(36 ** 4).toString(36)].join(
    '-',
  );
  const executionArn = `${stage.machines[cell.pipeline].replace(':stateMachine:', ':execution:')}:${name}`;
  let [status, shown] = ['no end', ''];
  let problems: readonly string[];
  const unblock = plan.blocked ? await block(stage, cell.pipeline, `${name}-first`) : undefined;
  try {
    await start(stage, cell.pipeline, name, plan);
    const end = await executionEnd(stage.target, executionArn, END_MS);
    status = end.status ?? status;
    shown = `${end.error ?? ''} ${end.cause ?? ''}`.trim();
    await released(stage, cell.pipeline, name);
    const [events, compute] = await Promise.all([
      executionHistory(stage.target, executionArn),
      startedBy(stage, cell.pipeline, name),
    ]);
    problems = problemsOf({ cell, plan, end, events, compute });
    if ((await storedIn(stage)) !== stage.stored) problems = [...problems, 'clicks or hospital data changed'];
  } catch (error) {
    problems = [errorMessage(error)];
  } finally {
    await unblock?.();
  }
  return { cell, executionArn, status, shown, problems, seconds: (Date.now() - began) / 1000 };
}

/** Runs another execution with a cluster until the returned function stops it. */
async function block(stage: FaultStage, pipeline: PipelineName, name: string): Promise<() => Promise<void>> {
  const jobContinues: Plan = { input: {}, orders: {}, jobSeconds: ENDLESS_SECONDS, blocked: false };
  const executionArn = await start(stage, pipeline, name, jobContinues);
  await waitFor(
    stage.target,
    `The cluster of ${name}`,
    async () => (await startedBy(stage, pipeline, name))[0],
    { limitMs: END_MS },
  );
  return async () => {
    await stage.target.client(SFN).stopExecution({ executionArn });
    await released(stage, pipeline, name);
  };
}

function start(
  { target, machines }: FaultStage,
  pipeline: PipelineName,
  name: string,
  { orders, jobSeconds, input }: Plan,
): Promise<string> {
  order(name, { states: orders, jobSeconds });
  return startRun(target, machines[pipeline], input, name);
}

/** Waits for the end of the compute of the execution, up to the time limit. */
async function released(stage: FaultStage, pipeline: PipelineName, name: string): Promise<void> {
  const isOver = async (): Promise<true | undefined> =>
    (await startedBy(stage, pipeline, name)).every(({ hasEnded }) => hasEnded) || undefined;
  const wait = waitFor(stage.target, 'The end of its compute', isOver, { limitMs: RELEASE_MS });
  // The result lists the remaining compute.
  await wait.catch(() => undefined);
}

/** Job runs or clusters of the execution with this name. */
async function startedBy(
  stage: FaultStage,
  pipeline: PipelineName,
  name: string,
): Promise<readonly StartedCompute[]> {
  if (pipeline === 'clicklogger') {
    const runs = await listJobRuns(stage.target, stage.clicks.emr_application_id);
    return runs
      .filter((run) => run.name === name)
      .map(({ id = '', state = '' }) => ({
        what: `job run ${id} (${state})`,
        state,
        hasEnded: ['SUCCESS', 'FAILED', 'CANCELLED'].includes(state),
        reason: '',
      }));
  }
  const clusters = await listClusters(stage.target);
  const own = clusters.filter(
    (cluster) => cluster.Name === `${stage.target.names.pipeline('covid')}-${name}`,
  );
  return Promise.all(
    own.map(async ({ Id }) => {
      const described = await stage.target.client(EMR).describeCluster({ ClusterId: Id });
      const { State: state = '', StateChangeReason } = described.Cluster?.Status ?? {};
      return {
        what: `cluster ${Id} (${state})`,
        state,
        hasEnded: state.startsWith('TERMINATED'),
        reason: StateChangeReason?.Message ?? '',
      };
    }),
  );
}

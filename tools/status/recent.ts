import { SFN } from '@aws-sdk/client-sfn';
import { stateMachineArn } from '../aws/arns';
import { ignoreNotFound } from '../aws/aws-errors';
import { listClusters } from '../aws/clusters';
import { applicationIds, applicationState, listJobRuns } from '../aws/job-runs';
import type { Target } from '../aws/target';
import { PIPELINES, type PipelineName } from '../runs/pipeline-inputs';

export interface RecentExecution {
  readonly pipeline: PipelineName;
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  /** Error and first line of the cause of a failed execution. */
  readonly reason: string | undefined;
}

export interface Application {
  readonly id: string;
  readonly state: string;
  /** Newest first. */
  readonly jobRuns: readonly RecentWork[];
}

/** A job run or cluster, active or terminated. */
export interface RecentWork {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly createdAt: Date | undefined;
  readonly reason: string | undefined;
}

const MAX_RECENT = 5;

export function hasFailed(status: string): boolean {
  return ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status);
}

/** The most recent executions of each deployed pipeline, newest first. */
export async function recentExecutions(target: Target): Promise<RecentExecution[]> {
  return (await Promise.all(PIPELINES.map((pipeline) => executionsOf(target, pipeline)))).flat();
}

async function executionsOf(target: Target, pipeline: PipelineName): Promise<RecentExecution[]> {
  const name = target.names.stateMachine(pipeline === 'covid' ? pipeline : undefined);
  const sfn = target.client(SFN);
  // ListExecutions returns the newest first.
  const request = { stateMachineArn: stateMachineArn(target, name), maxResults: MAX_RECENT };
  const listed = await ignoreNotFound(sfn.listExecutions(request), 'StateMachineDoesNotExist');
  return Promise.all(
    (listed?.executions ?? []).map(
      async ({ executionArn = '', status = 'UNKNOWN', startDate, stopDate }) => ({
        pipeline,
        executionArn,
        status,
        startedAt: startDate,
        stoppedAt: stopDate,
        reason: hasFailed(status) ? await reasonOf(sfn, executionArn) : undefined,
      }),
    ),
  );
}

async function reasonOf(sfn: SFN, executionArn: string): Promise<string> {
  const { error, cause } = await sfn.describeExecution({ executionArn });
  const first = cause?.split('\n').find((line) => line.trim() !== '');
  return [error ?? 'no error given', first].filter((part) => part !== undefined).join(': ');
}

/** Undefined when the stage has no application. */
export async function describeApplication(target: Target): Promise<Application | undefined> {
  const [id] = await applicationIds(target);
  if (id === undefined) return undefined;
  const [state = 'UNKNOWN', jobRuns] = await Promise.all([
    applicationState(target, id),
    listJobRuns(target, id),
  ]);
  const work = jobRuns.map((run) => ({
    id: run.id ?? 'unknown',
    name: run.name ?? '',
    state: run.state ?? 'UNKNOWN',
    createdAt: run.createdAt,
    reason: run.state === 'SUCCESS' ? undefined : oneLine(run.stateDetails),
  }));
  return { id, state, jobRuns: newest(work) };
}

/** The most recent clusters of the covid pipeline in any state, newest first. */
export async function recentClusters(target: Target): Promise<RecentWork[]> {
  const work = (await listClusters(target)).map(({ Id, Name = '', Status }) => ({
    id: Id,
    name: Name,
    state: Status?.State ?? 'UNKNOWN',
    createdAt: Status?.Timeline?.CreationDateTime,
    reason: oneLine(Status?.StateChangeReason?.Message),
  }));
  return newest(work);
}

function newest(work: readonly RecentWork[]): RecentWork[] {
  const time = ({ createdAt }: RecentWork): number => createdAt?.getTime() ?? 0;
  return work.toSorted((a, b) => time(b) - time(a)).slice(0, MAX_RECENT);
}

function oneLine(text: string | undefined): string | undefined {
  const line = text?.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? undefined : line;
}

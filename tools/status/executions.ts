import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { isNotFound } from '../aws/aws-errors';
import { arnOf } from '../teardown/resource';
import { PIPELINES, type PipelineName } from '../runs/pipeline-inputs';
import type { Target } from '../aws/target';

/** An execution that runs, or has ended lately. */
export interface RecentExecution {
  readonly pipeline: PipelineName;
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly stoppedAt: Date | undefined;
  /** Error and first line of the cause; undefined unless it has ended badly. */
  readonly reason: string | undefined;
}

const MOST_RECENT = 5;

/** Of each pipeline the newest executions, newest first; none of a pipeline that is not deployed. */
export async function recentExecutions(target: Target): Promise<RecentExecution[]> {
  return (await Promise.all(PIPELINES.map((pipeline) => executionsOf(target, pipeline)))).flat();
}

/** Name of the state machine's execution, without the rest of the ARN. */
export function executionName(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(':') + 1);
}

async function executionsOf(target: Target, pipeline: PipelineName): Promise<RecentExecution[]> {
  const name = target.names.stateMachine(pipeline === 'covid' ? pipeline : undefined);
  const sfn = target.client(SFNClient);
  const request = {
    stateMachineArn: arnOf(target, 'states', `stateMachine:${name}`),
    maxResults: MOST_RECENT,
  };
  try {
    const { executions = [] } = await sfn.send(new ListExecutionsCommand(request));
    return await Promise.all(
      executions.map(async ({ executionArn = '', status = 'UNKNOWN', startDate, stopDate }) => ({
        ...{ pipeline, executionArn, status, startedAt: startDate, stoppedAt: stopDate },
        reason: hasFailed(status) ? await reasonOf(sfn, executionArn) : undefined,
      })),
    );
  } catch (error) {
    if (isNotFound(error, ['StateMachineDoesNotExist'])) return [];
    throw error;
  }
}

/** Whether it has ended without success. */
export function hasFailed(status: string): boolean {
  return ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(status);
}

async function reasonOf(sfn: SFNClient, executionArn: string): Promise<string> {
  const { error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const first = cause?.split('\n').find((line) => line.trim() !== '');
  return [error ?? 'no error given', first].filter((part) => part !== undefined).join(': ');
}

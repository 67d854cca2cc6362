import {
  type DescribeExecutionCommandOutput,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  SFN,
} from '@aws-sdk/client-sfn';
import { executionName } from '../../handlers/shared/execution-tag';
import type { Target } from './target';
import { isNotFound, ignoreNotFound } from './aws-errors';
import { waitFor, waitUntilNone } from './waiting';

export async function runningExecutions(
  target: Target,
  stateMachineArns: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(stateMachineArns.map((arn) => runningExecutionsOf(target, arn)));
  return found.flat();
}

async function runningExecutionsOf(target: Target, stateMachineArn: string): Promise<string[]> {
  const found: string[] = [];
  const client = target.client(SFN);
  try {
    for await (const page of paginateListExecutions(
      { client },
      { stateMachineArn, statusFilter: 'RUNNING' },
    )) {
      found.push(...(page.executions ?? []).flatMap(({ executionArn }) => executionArn ?? []));
    }
  } catch (error) {
    if (!isNotFound(error, ['StateMachineDoesNotExist'])) throw error;
  }
  return found;
}

/** Stops all executions of the state machines, including new ones, and waits for their end. */
export async function stopExecutions(
  target: Target,
  stateMachineArns: readonly string[],
  update: (text: string) => void,
): Promise<void> {
  const sfn = target.client(SFN);
  const stopped = new Set<string>();
  const remaining = async (): Promise<string[]> => {
    for (const executionArn of await runningExecutions(target, stateMachineArns)) {
      if (stopped.has(executionArn)) continue;
      stopped.add(executionArn);
      const reason = { error: 'Cleanup', cause: 'npm run cleanup removes the stage.' };
      // The list is eventually consistent: StopExecution rejects completed executions with ValidationException.
      await ignoreNotFound(
        sfn.stopExecution({ executionArn, ...reason }),
        'ExecutionDoesNotExist',
        'ValidationException',
      );
    }
    const running = await Promise.all([...stopped].map((arn) => isRunning(sfn, arn)));
    return [...stopped].filter((_, index) => running[index]).map(executionName);
  };
  await waitUntilNone(target, 'executions', remaining, update);
}

async function isRunning(sfn: SFN, executionArn: string): Promise<boolean> {
  const call = sfn.describeExecution({ executionArn });
  return (await ignoreNotFound(call, 'ExecutionDoesNotExist'))?.status === 'RUNNING';
}

/** Waits for the end of an execution. TaskError after `limitMs`. */
export function executionEnd(
  target: Pick<Target, 'client' | 'kind'>,
  executionArn: string,
  limitMs: number,
): Promise<DescribeExecutionCommandOutput> {
  const describe = async (): Promise<DescribeExecutionCommandOutput | undefined> => {
    const execution = await target.client(SFN).describeExecution({ executionArn });
    return execution.status === 'RUNNING' ? undefined : execution;
  };
  return waitFor(target, `The end of ${executionArn}`, describe, { limitMs });
}

export async function executionHistory(
  { client }: Pick<Target, 'client'>,
  executionArn: string,
  { includeExecutionData = true } = {},
): Promise<HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  const request = { executionArn, includeExecutionData };
  for await (const { events = [] } of paginateGetExecutionHistory({ client: client(SFN) }, request))
    found.push(...events);
  return found;
}

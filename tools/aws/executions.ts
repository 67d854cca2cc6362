import {
  DescribeExecutionCommand,
  paginateListExecutions,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Target } from './target';
import { isNotFound, ignoreNotFound } from './aws-errors';
import { waitUntilNone } from './waiting';

/** ARNs of the executions of these state machines that run. */
export async function runningExecutions(
  target: Target,
  stateMachineArns: readonly string[],
): Promise<string[]> {
  const found = await Promise.all(stateMachineArns.map((arn) => runningExecutionsOf(target, arn)));
  return found.flat();
}

async function runningExecutionsOf(target: Target, stateMachineArn: string): Promise<string[]> {
  const found: string[] = [];
  const client = target.client(SFNClient);
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

/** Stops all executions of the state machines, also those that start meanwhile, and waits until they have ended. */
export async function stopExecutions(
  target: Target,
  stateMachineArns: readonly string[],
  update: (text: string) => void,
): Promise<void> {
  const sfn = target.client(SFNClient);
  const stopped = new Set<string>();
  const remaining = async (): Promise<string[]> => {
    for (const executionArn of await runningExecutions(target, stateMachineArns)) {
      if (stopped.has(executionArn)) continue;
      stopped.add(executionArn);
      const reason = { error: 'Cleanup', cause: 'npm run cleanup tears the stage down.' };
      // The list is late: what has ended since is refused with ValidationException; its status is read below.
      await ignoreNotFound(
        sfn.send(new StopExecutionCommand({ executionArn, ...reason })),
        'ExecutionDoesNotExist',
        'ValidationException',
      );
    }
    const running = await Promise.all([...stopped].map((arn) => isRunning(sfn, arn)));
    return [...stopped]
      .filter((_, index) => running[index])
      .map((arn) => arn.slice(arn.lastIndexOf(':') + 1));
  };
  await waitUntilNone(target, 'executions', remaining, update);
}

async function isRunning(sfn: SFNClient, executionArn: string): Promise<boolean> {
  const call = sfn.send(new DescribeExecutionCommand({ executionArn }));
  return (await ignoreNotFound(call, 'ExecutionDoesNotExist'))?.status === 'RUNNING';
}

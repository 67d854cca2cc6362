import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { LiveCompute } from './compute';

/** Whether an execution still runs, and so ends its compute itself. */
export async function isRunning(client: SFNClient, executionArn: string): Promise<boolean> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    // Step Functions forgets an execution after 90 days, or with its state machine.
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

/** Whether no running execution owns it; what no workflow has started has no owner. */
export async function isOrphan(
  { executionArn }: Pick<LiveCompute, 'executionArn'>,
  isExecutionRunning: (executionArn: string) => Promise<boolean>,
): Promise<boolean> {
  return executionArn === undefined || !(await isExecutionRunning(executionArn));
}

import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { LiveCompute } from './compute';

/** Whether an execution is running, and therefore releases its compute. */
export async function isRunning(client: SFNClient, executionArn: string): Promise<boolean> {
  try {
    const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING';
  } catch (error) {
    // Step Functions deletes an execution after 90 days, or with its state machine.
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}

/** Whether no running execution owns the compute. */
export async function isOrphan(
  { executionArn }: Pick<LiveCompute, 'executionArn'>,
  isExecutionRunning: (executionArn: string) => Promise<boolean>,
): Promise<boolean> {
  return executionArn === undefined || !(await isExecutionRunning(executionArn));
}

import { randomUUID } from 'node:crypto';
import { SFN } from '@aws-sdk/client-sfn';
import type * as z from 'zod';
import { printError } from '../cli/output';
import type { Target } from '../aws/target';
import { pause } from '../aws/waiting';
import { withElapsed } from '../cli/elapsed';
import { TaskError } from '../cli/errors';
import { atExit } from '../cli/exit-actions';

/** Number of the newest history events that are searched for the current state. */
const MAX_EVENTS = 100;

export interface RunPlace {
  readonly target: Pick<Target, 'client' | 'kind' | 'names'>;
  /** Whether an execution continues when the task is interrupted, or is stopped. @default false */
  readonly continues?: boolean;
}

export async function startRun(
  { client }: Pick<Target, 'client'>,
  stateMachineArn: string,
  input: unknown,
  // The name makes a retry idempotent.
  name: string = randomUUID(),
): Promise<string> {
  const { executionArn } = await client(SFN).startExecution({
    stateMachineArn,
    name,
    input: JSON.stringify(input),
  });
  if (executionArn === undefined) throw new TaskError(`${stateMachineArn}: StartExecution returned no ARN.`);
  return executionArn;
}

export interface EndedRun<T> {
  readonly executionArn: string;
  readonly output: T;
  /** Duration of the execution. */
  readonly seconds: number;
}

/** A failed execution; the message has its error and cause. */
export class RunFailed extends TaskError {
  constructor(
    readonly executionArn: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Waits for the end of an execution and resolves with its output; `update` receives the current state and the elapsed time.
 * Rejects with RunFailed, which names the folder `logs`, when the execution fails.
 */
export async function followRun<T>(
  { target, continues = false }: RunPlace,
  executionArn: string,
  { schema, logs }: { readonly schema: z.ZodType<T>; readonly logs: string },
  update: (text: string) => void,
): Promise<EndedRun<T>> {
  const sfn = target.client(SFN);
  const cancel = atExit(async () => {
    if (!continues)
      await sfn.stopExecution({ executionArn, error: 'Interrupted', cause: 'The task was stopped.' });
    else
      printError(
        `The execution continues in AWS: ${executionArn}\n` +
          `  To stop it: aws stepfunctions stop-execution --execution-arn ${executionArn}\n`,
      );
  });
  const { status, output, error, cause, startDate, stopDate } = await withElapsed(
    update,
    'Started',
    async (onState) => {
      for (;;) {
        const found = await sfn.describeExecution({ executionArn });
        if (found.status !== 'RUNNING') return found;
        const state = await currentState(sfn, executionArn);
        if (state !== undefined) onState({ name: state });
        await pause(target);
      }
    },
  );
  cancel();
  if (status !== 'SUCCEEDED') {
    const message = describeFailedRun(executionArn, status, error, cause);
    throw new RunFailed(executionArn, `${message}\n  logs ${logs}`);
  }
  const milliseconds = (stopDate ?? new Date()).getTime() - (startDate ?? new Date()).getTime();
  const seconds = Math.round(milliseconds / 1000);
  return { executionArn, seconds, output: schema.parse(JSON.parse(output ?? 'null')) };
}

async function currentState(sfn: SFN, executionArn: string): Promise<string | undefined> {
  const { events = [] } = await sfn.getExecutionHistory({
    executionArn,
    reverseOrder: true,
    maxResults: MAX_EVENTS,
  });
  return events.map(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name).find(Boolean);
}

/** The error of an execution, and its cause; a JSON cause is formatted. */
function describeFailedRun(
  executionArn: string,
  status: string | undefined,
  error: string | undefined,
  cause: string | undefined,
): string {
  const lines = [`The execution ended ${status ?? 'without a status'}: ${error ?? 'no error given'}`];
  if (cause !== undefined) lines.push(readable(cause).replaceAll(/^(?=.)/gm, '  '));
  return [...lines, `  execution ${executionArn}`].join('\n');
}

function readable(cause: string): string {
  try {
    return JSON.stringify(JSON.parse(cause), undefined, 2);
  } catch {
    return cause;
  }
}

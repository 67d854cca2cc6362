import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { atExit } from './exit-actions';
import { TaskError } from './failure';

const POLL_MS = 500;

/** One state that the execution has entered. */
export interface EnteredState {
  readonly name: string;
  readonly at: Date;
}

/** Starts a workflow and returns the execution's ARN. */
export async function startRun(sfn: SFNClient, stateMachineArn: string, input: unknown): Promise<string> {
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  if (executionArn === undefined) throw new TaskError(`${stateMachineArn}: StartExecution returned no ARN.`);
  return executionArn;
}

/**
 * Follows an execution to its end and resolves with its output; `onState` hears every state as it is entered. The
 * execution is stopped when the task ends first.
 * Rejects with TaskError that carries the execution's error and cause when it does not succeed.
 */
export async function followRun<T>(
  sfn: SFNClient,
  executionArn: string,
  outputSchema: z.ZodType<T>,
  onState: (state: EnteredState) => void,
): Promise<T> {
  const callOff = atExit(async () => {
    await sfn.send(
      new StopExecutionCommand({ executionArn, error: 'Interrupted', cause: 'The task was stopped.' }),
    );
  });
  let seen = 0;
  for (;;) {
    const { status, output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const events = await historyAfter(sfn, executionArn, seen);
    seen = events.at(-1)?.id ?? seen;
    enteredStates(events).forEach(onState);
    if (status !== 'RUNNING') callOff();
    if (status === 'SUCCEEDED') return outputSchema.parse(JSON.parse(output ?? 'null'));
    if (status !== 'RUNNING') throw new TaskError(describeFailedRun(executionArn, status, error, cause));
    await sleep(POLL_MS);
  }
}

async function historyAfter(sfn: SFNClient, executionArn: string, id: number): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return events.filter((event) => (event.id ?? 0) > id);
}

/** The states that the events say were entered, in order. */
export function enteredStates(events: readonly HistoryEvent[]): EnteredState[] {
  return events.flatMap(({ stateEnteredEventDetails: details, timestamp }) =>
    details?.name === undefined ? [] : [{ name: details.name, at: timestamp ?? new Date() }],
  );
}

/** What went wrong: the execution's own error, and its cause with JSON laid out to be read. */
export function describeFailedRun(
  executionArn: string,
  status: string | undefined,
  error: string | undefined,
  cause: string | undefined,
): string {
  const lines = [`The execution ended ${status ?? 'without a status'}: ${error ?? 'no error given'}`];
  if (cause !== undefined) lines.push(indent(readable(cause)));
  return [...lines, `  execution ${executionArn}`].join('\n');
}

function readable(cause: string): string {
  try {
    return JSON.stringify(JSON.parse(cause), undefined, 2);
  } catch {
    return cause;
  }
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

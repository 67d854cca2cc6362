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
import { atExit } from '../cli/exit-actions';
import { TaskError } from '../cli/errors';

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

/** How a task follows an execution. */
export interface Following {
  /** Time between two looks, in milliseconds. @default 500 */
  readonly pollMs?: number;
  /** Whether the execution goes on when the task ends before it. @default false, it is stopped */
  readonly goesOn?: boolean;
}

/** An execution that has succeeded. */
export interface EndedRun<T> {
  readonly executionArn: string;
  readonly output: T;
  /** From its start to its end. */
  readonly seconds: number;
}

/** An execution that has not succeeded; the message tells its error and cause. */
export class RunFailed extends TaskError {
  constructor(
    readonly executionArn: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Follows an execution to its end and resolves with its output; `onState` hears every state as it is entered.
 * Rejects with RunFailed when it does not succeed.
 */
export async function followRun<T>(
  sfn: SFNClient,
  executionArn: string,
  outputSchema: z.ZodType<T>,
  onState: (state: EnteredState) => void,
  { pollMs = POLL_MS, goesOn = false }: Following = {},
): Promise<EndedRun<T>> {
  const callOff = atExit(async () => {
    if (goesOn) tellThatItGoesOn(executionArn);
    else await stopRun(sfn, executionArn);
  });
  let seen = 0;
  for (;;) {
    const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status, output, error, cause, startDate, stopDate } = found;
    const events = await historyAfter(sfn, executionArn, seen);
    seen = events.at(-1)?.id ?? seen;
    enteredStates(events).forEach(onState);
    if (status !== 'RUNNING') callOff();
    if (status === 'SUCCEEDED') {
      const milliseconds = (stopDate ?? new Date()).getTime() - (startDate ?? new Date()).getTime();
      const seconds = Math.round(milliseconds / 1000);
      return { executionArn, seconds, output: outputSchema.parse(JSON.parse(output ?? 'null')) };
    }
    if (status !== 'RUNNING')
      throw new RunFailed(executionArn, describeFailedRun(executionArn, status, error, cause));
    await sleep(pollMs);
  }
}

async function stopRun(sfn: SFNClient, executionArn: string): Promise<void> {
  const reason = { error: 'Interrupted', cause: 'The task was stopped.' };
  await sfn.send(new StopExecutionCommand({ executionArn, ...reason }));
}

function tellThatItGoesOn(executionArn: string): void {
  process.stderr.write(
    `The execution goes on in AWS, and ends by itself: ${executionArn}\n` +
      `  To stop it: aws stepfunctions stop-execution --execution-arn ${executionArn}\n`,
  );
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

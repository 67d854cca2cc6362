import { CAUSE_DETAILS, LOG_TITLE } from '../cause-details';
import { describeError } from '../describe-error';
import type { EndedExecution } from '../execution-event';
import { shorten } from '../spark-logs/failure-reason';

/** What ran for the execution, as far as it could be found out. */
export interface ComputeFacts {
  /** Of the job run or the cluster. */
  readonly id: string;
  /** E.g. `job run 00fm3oi5k1g7ah09 (FAILED)`. */
  readonly what: string;
  /** Spark's own reason; `null` when it gave none. */
  readonly reason: string | null;
  /** Where the logs are; `null` when nothing was logged. */
  readonly logs: string | null;
  /** The end of the log, at most 20 lines. */
  readonly logLines: readonly string[];
  /** Why lines are missing; `null` when none are. */
  readonly logNote: string | null;
  /** E.g. `0.0164 USD`, or why it is not known. */
  readonly cost: string;
  /** What the cost leaves out, or why it is not exact. */
  readonly costNotes: readonly string[];
}

/** An execution that has ended, and all that a person wants to know about it. */
export interface Notice {
  /** Prefix, stage and pipeline, e.g. `clicklogger-dev-covid`. */
  readonly pipeline: string;
  readonly execution: EndedExecution;
  /** Undefined when the execution started nothing; a text when it could not be found out. */
  readonly compute: ComputeFacts | string | undefined;
  /** Command that runs the same again. */
  readonly rerun: string;
}

/** SNS takes less than 100 characters in one line; older versions of its API reference ask for ASCII, too. */
const MAX_SUBJECT_LENGTH = 99;
const MAX_CAUSE_LENGTH = 2_000;

const OUTCOMES: Readonly<Record<string, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'ran out of time',
  ABORTED: 'was stopped',
  SUCCEEDED: 'succeeded',
};

/** One line for the subject of a message: at most 99 characters of ASCII. */
export function subjectOf({ pipeline, execution }: Notice): string {
  const { error } = execution;
  const about = error === undefined ? '' : `: ${error}`;
  const subject = `${pipeline} ${outcome(execution)}${about}`.replaceAll(/[^\x20-\x7e]+/g, ' ');
  return subject.length > MAX_SUBJECT_LENGTH ? `${subject.slice(0, MAX_SUBJECT_LENGTH - 3)}...` : subject;
}

/** The message: plain text, what happened first, then where the details are and what to do. */
export function textOf({ pipeline, execution, compute, rerun }: Notice): string {
  const { error, cause, output, executionArn } = execution;
  const facts = typeof compute === 'object' ? compute : undefined;
  const rows: (readonly [string, string | null | undefined])[] = [
    ['Error', error],
    // The workflows put Spark's reason into the cause.
    ['Reason', facts?.reason && cause?.includes(facts.reason) ? undefined : facts?.reason],
    ['Cause', cut(facts === undefined ? cause : cause?.split(CAUSE_DETAILS)[0])],
    ['Output', cut(output)],
    ['Execution', executionArn],
    ['Time', times(execution)],
    ['Ran', facts?.what ?? (typeof compute === 'string' ? compute : 'nothing was started')],
    ['Cost so far', facts && costOf(facts)],
    ['Logs', facts?.logs],
    ['Run it again', rerun],
    ['Console', consoleLink(executionArn)],
  ];
  const lines = rows.flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [`${`${name}:`.padEnd(14)}${indent(value)}`],
  );
  return [`The pipeline ${pipeline} ${outcome(execution)}.`, '', ...lines, ...logPart(facts), ''].join('\n');
}

/** E.g. `0.0164 USD (without disks)`. */
export function costOf({ cost, costNotes }: ComputeFacts): string {
  return costNotes.length === 0 ? cost : `${cost} (${costNotes.join('; ')})`;
}

/** What the execution has started, or, as a text, why that could not be found out. */
export async function computeOrProblem(
  findCompute: () => Promise<ComputeFacts | undefined>,
  onProblem: (problem: string) => void,
): Promise<Notice['compute']> {
  try {
    return await findCompute();
  } catch (error) {
    const problem = describeError(error);
    onProblem(problem);
    return `unknown: ${problem}`;
  }
}

function outcome({ status }: EndedExecution): string {
  return OUTCOMES[status] ?? `ended ${status}`;
}

function logPart(facts: ComputeFacts | undefined): string[] {
  if (facts === undefined) return [];
  const { logLines, logNote } = facts;
  const title = logLines.length > 0 ? ['', LOG_TITLE, ...logLines.map((line) => `  ${line}`)] : [];
  return [...title, ...(logNote === null ? [] : ['', `About the log: ${logNote}`])];
}

function times({ startedAt, stoppedAt }: EndedExecution): string {
  if (startedAt === undefined) return `ended ${stoppedAt.toISOString()}`;
  const seconds = Math.round((stoppedAt.getTime() - startedAt.getTime()) / 1_000);
  return `${startedAt.toISOString()} to ${stoppedAt.toISOString()} (${seconds} s)`;
}

/** Undefined for the local AWS, which has no console; its account id has only zeros. */
function consoleLink(executionArn: string): string | undefined {
  const [, , , region = '', account = ''] = executionArn.split(':');
  if (/^0+$/.test(account)) return undefined;
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

function cut(text: string | undefined): string | undefined {
  return text === undefined ? undefined : shorten(text, MAX_CAUSE_LENGTH);
}

/** Later lines of a value are aligned with its first. */
function indent(value: string): string {
  return value.split('\n').join(`\n${' '.repeat(14)}`);
}

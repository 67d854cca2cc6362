import { CAUSE_DETAILS, LOG_TITLE } from '../cause-details';
import { describeError } from '../describe-error';
import type { EndedExecution } from '../execution-event';
import { shorten } from '../spark-logs/failure-reason';

/** Job run or cluster of an execution. */
export interface ComputeFacts {
  readonly id: string;
  /** E.g. `job run 00fm3oi5k1g7ah09 (FAILED)`. */
  readonly what: string;
  readonly reason: string | null;
  readonly logs: string | null;
  /** The end of the log, at most 20 lines. */
  readonly logLines: readonly string[];
  /** Reason why lines are missing. */
  readonly logNote: string | null;
  /** E.g. `0.0164 USD`, or `not known`. */
  readonly cost: string;
  /** Reasons why the cost is approximate or unknown. */
  readonly costNotes: readonly string[];
}

export interface Notice {
  /** Prefix, stage and pipeline, e.g. `clicklogger-dev-covid`. */
  readonly pipeline: string;
  readonly execution: EndedExecution;
  /** Undefined without compute; an error message when it could not be determined. */
  readonly compute: ComputeFacts | string | undefined;
  /** Command that runs the execution again. */
  readonly rerun: string;
}

/** SNS allows less than 100 characters in one line; older versions of its API reference require ASCII. */
const MAX_SUBJECT_LENGTH = 99;
const MAX_CAUSE_LENGTH = 2_000;

const OUTCOMES: Readonly<Record<string, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'was aborted',
  SUCCEEDED: 'succeeded',
};

/** Subject of a notification: one line of at most 99 ASCII characters. */
export function subjectOf({ pipeline, execution }: Notice): string {
  const { error } = execution;
  const about = error === undefined ? '' : `: ${error}`;
  const subject = `${pipeline} ${outcome(execution)}${about}`.replaceAll(/[^\x20-\x7e]+/g, ' ');
  return subject.length > MAX_SUBJECT_LENGTH ? `${subject.slice(0, MAX_SUBJECT_LENGTH - 3)}...` : subject;
}

/** Notification as plain text. */
export function textOf({ pipeline, execution, compute, rerun }: Notice): string {
  const { error, cause, output, executionArn } = execution;
  const facts = typeof compute === 'object' ? compute : undefined;
  const rows: (readonly [string, string | null | undefined])[] = [
    ['Error', error],
    // The cause of the workflows may contain the reason of Spark.
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

/** The compute of an execution, or an error message. */
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

/** Undefined for the local AWS, which has no console; its account id is all zeros. */
function consoleLink(executionArn: string): string | undefined {
  const [, , , region = '', account = ''] = executionArn.split(':');
  if (/^0+$/.test(account)) return undefined;
  return `https://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

function cut(text: string | undefined): string | undefined {
  return text === undefined ? undefined : shorten(text, MAX_CAUSE_LENGTH);
}

function indent(value: string): string {
  return value.split('\n').join(`\n${' '.repeat(14)}`);
}

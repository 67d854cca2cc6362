import type { JobStatus } from './assess-job-run';
import type { ComputeFacts } from '../notification/notice';
import type { EndedExecution } from '../execution-event';

/** A job run as the message tells it. */
export function factsOf(jobRunId: string, status: JobStatus): ComputeFacts {
  const { state, reason, logs, costUsd, costNote } = status;
  const note = costNote === null ? '' : ` (${costNote})`;
  return {
    what: `job run ${jobRunId} (${state})`,
    reason,
    logs: logs.s3 ?? logs.cloudWatch,
    logLines: logs.driverStderrTail,
    logNote: logs.note,
    cost: costUsd === null ? `not known yet${note}` : `${costUsd} USD${note}`,
  };
}

/**
 * The command that runs an execution again: for the day of its input, or the one on which it started.
 *
 * @param rerun the command without a day
 */
export function rerunFor(
  rerun: string,
  { input, startedAt }: Pick<EndedExecution, 'input' | 'startedAt'>,
): string {
  const given = /"InputDate"\s*:\s*"(ALL|\d{4}-\d{2}-\d{2})"/.exec(input ?? '')?.[1];
  const date = given ?? startedAt?.toISOString().slice(0, 10);
  return date === undefined ? rerun : `${rerun} --date ${date}`;
}

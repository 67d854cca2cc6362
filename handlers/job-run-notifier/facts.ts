import type { JobStatus } from '../job-status/assess-job-run';
import type { ComputeFacts } from '../notification/notice';
import type { EndedExecution } from '../shared/execution-event';

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

/** The day to run again: that of the input, or the one on which the execution started. */
export function dateOf({
  input,
  startedAt,
}: Pick<EndedExecution, 'input' | 'startedAt'>): string | undefined {
  const given = /"InputDate"\s*:\s*"(ALL|\d{4}-\d{2}-\d{2})"/.exec(input ?? '')?.[1];
  return given ?? startedAt?.toISOString().slice(0, 10);
}

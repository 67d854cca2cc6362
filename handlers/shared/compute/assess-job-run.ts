import type { JobRun } from '@aws-sdk/client-emr-serverless';
import { costOf, type Cost, type Placement } from './job-run-cost';
import { reasonFromLog, tailForReport, toReason } from '../spark-logs/failure-reason';
import type { DriverLog } from '../spark-logs/driver-log';
import { cloudWatchLink, driverLogFolder, toUri } from '../spark-logs/log-locations';

/** What the state machine decides by, and what a person wants to know about the run. */
export interface JobStatus extends Cost {
  /** EMR Serverless's own word. */
  readonly state: string;
  /** Whether the run has ended; nothing more will happen. */
  readonly terminal: boolean;
  /** True for SUCCESS only. */
  readonly succeeded: boolean;
  /** Why the run failed, one line of at most 1,000 characters; `null` unless it did. */
  readonly reason: string | null;
  readonly logs: JobLogs;
  /** `null` while the run has not ended. */
  readonly durationSeconds: number | null;
}

/** Where the logs are, and the end of the driver's stderr when the run failed. */
export interface JobLogs {
  /** `s3://…/SPARK_DRIVER/`, where stdout.gz and stderr.gz are; `null` when the run keeps no logs in S3. */
  readonly s3: string | null;
  /** Console link; `null` when the run sends no logs to CloudWatch. */
  readonly cloudWatch: string | null;
  /** At most 20 lines. */
  readonly driverStderrTail: readonly string[];
  /** Why the tail is missing or incomplete; `null` when it is neither, or when nobody looked. */
  readonly note: string | null;
  /** Whether the last lines may yet come: worth another look some seconds later. */
  readonly pending: boolean;
}

/** A job run as EMR Serverless may send it: it has gained states that the SDK did not know yet. */
export type ObservedJobRun = Omit<JobRun, 'state'> & { readonly state: string | undefined };

/** The life of a job run: what is not in here we do not know, and must not wait for. */
const RUNNING_STATES: ReadonlySet<string> = new Set([
  'SUBMITTED',
  'PENDING',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'CANCELLING',
]);
const UNKNOWN_STATE = 'UNKNOWN';
const FAILED_STATES: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED']);

/** Whether the driver's log is worth reading: the run has ended, and not well. */
export function hasFailed({ state = UNKNOWN_STATE }: Pick<ObservedJobRun, 'state'>): boolean {
  return state !== 'SUCCESS' && !RUNNING_STATES.has(state);
}

/**
 * Judges a job run.
 *
 * @param stderr the driver's log when {@link hasFailed}; `undefined` otherwise.
 */
export function assessJobRun(
  jobRun: ObservedJobRun,
  {
    stderr,
    logUri,
    placement,
  }: { stderr: DriverLog | undefined; logUri: string | undefined; placement: Placement },
): JobStatus {
  const { state = UNKNOWN_STATE } = jobRun;
  const terminal = !RUNNING_STATES.has(state);
  const folder = driverLogFolder(jobRun, logUri);
  return {
    state,
    terminal,
    succeeded: state === 'SUCCESS',
    reason: hasFailed(jobRun) ? failureReason(state, jobRun.stateDetails ?? '', stderr?.lines ?? []) : null,
    logs: {
      s3: folder === undefined ? null : toUri(folder),
      cloudWatch: cloudWatchLink(jobRun, placement.region),
      driverStderrTail: tailForReport(stderr?.lines ?? []),
      note: stderr?.note ?? null,
      pending: stderr?.pending ?? false,
    },
    durationSeconds: terminal ? duration(jobRun) : null,
    ...(terminal ? costOf(jobRun, placement) : NO_COST_YET),
  };
}

const NO_COST_YET: Cost = { billed: null, costUsd: null, estimated: false, costNote: null };

function failureReason(state: string, stateDetails: string, stderr: readonly string[]): string {
  if (!FAILED_STATES.has(state)) {
    return toReason(`Unknown job run state '${state}', taken for a failure. ${stateDetails}`);
  }
  const fromLog = state === 'FAILED' ? reasonFromLog(stderr) : undefined;
  if (fromLog !== undefined) return fromLog;
  return stateDetails.trim() === '' ? `The job run ended ${state} without a reason.` : toReason(stateDetails);
}

function duration({ totalExecutionDurationSeconds, startedAt, endedAt }: ObservedJobRun): number | null {
  if (totalExecutionDurationSeconds !== undefined) return totalExecutionDurationSeconds;
  if (startedAt === undefined || endedAt === undefined) return null;
  return Math.round((endedAt.getTime() - startedAt.getTime()) / 1_000);
}

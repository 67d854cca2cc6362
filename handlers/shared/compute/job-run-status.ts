import type { JobRun } from '@aws-sdk/client-emr-serverless';
import type { S3Client } from '@aws-sdk/client-s3';
import { type DriverLog, fetchDriverLog } from '../spark-logs/driver-log';
import { reasonFromLog, tailForReport, toReason } from '../spark-logs/failure-reason';
import { cloudWatchLink, driverLogFolder, toUri } from '../spark-logs/log-locations';
import { type Cost, costOf, type Placement } from './job-run-cost';

/** Status of a job run for the state machine and for operators. */
export interface JobStatus extends Cost {
  readonly state: string;
  readonly terminal: boolean;
  /** True only for SUCCESS. */
  readonly succeeded: boolean;
  /** Reason of the failure, one line of at most 1,000 characters. */
  readonly reason: string | null;
  readonly logs: JobLogs;
  /** `null` before the end. */
  readonly durationSeconds: number | null;
}

/** Location of the logs, and the end of the stderr of the driver after a failure. */
export interface JobLogs {
  /** `s3://…/SPARK_DRIVER/` with stdout.gz and stderr.gz; `null` without logs in S3. */
  readonly s3: string | null;
  /** Console link; `null` without logs in CloudWatch. */
  readonly cloudWatch: string | null;
  /** At most 20 lines. */
  readonly driverStderrTail: readonly string[];
  /** Reason why lines are missing. */
  readonly note: string | null;
  /** Whether the last lines may appear some seconds later. */
  readonly pending: boolean;
}

/** A job run whose state may be newer than the SDK. */
export type ObservedJobRun = Omit<JobRun, 'state'> & { readonly state: string | undefined };

/** States before the end. A state in neither set is unknown, and the workflow must not wait for its end. */
const RUNNING_STATES: ReadonlySet<string> = new Set([
  'SUBMITTED',
  'PENDING',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'CANCELLING',
]);
const FAILED_STATES: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED']);

export interface StatusOptions {
  readonly s3: S3Client;
  /** Overrides the log URI of the job run. */
  readonly logUri: string | undefined;
  readonly placement: Placement;
  /** Aborts reading the log. */
  readonly signal: AbortSignal;
}

/** The status of a job run; the log is read only after a failure. */
export async function statusOf(jobRun: ObservedJobRun, options: StatusOptions): Promise<JobStatus> {
  const { s3, logUri, placement, signal } = options;
  const failed = isTerminal(jobRun) && jobRun.state !== 'SUCCESS';
  const folder = driverLogFolder(jobRun, logUri);
  const log = failed ? await fetchDriverLog(s3, folder, signal, jobRun) : undefined;
  return assessJobRun(jobRun, { log, logUri, placement });
}

/** @param log log of the driver after a failure */
export function assessJobRun(
  jobRun: ObservedJobRun,
  { log, logUri, placement }: Pick<StatusOptions, 'logUri' | 'placement'> & { log: DriverLog | undefined },
): JobStatus {
  const { state = 'UNKNOWN' } = jobRun;
  const terminal = isTerminal(jobRun);
  const succeeded = state === 'SUCCESS';
  const folder = driverLogFolder(jobRun, logUri);
  return {
    state,
    terminal,
    succeeded,
    reason: terminal && !succeeded ? failureReason(state, jobRun.stateDetails, log?.lines ?? []) : null,
    logs: {
      s3: folder === undefined ? null : toUri(folder),
      cloudWatch: cloudWatchLink(jobRun, placement.region),
      driverStderrTail: tailForReport(log?.lines ?? []),
      note: log?.note ?? null,
      pending: log?.pending ?? false,
    },
    durationSeconds: terminal ? duration(jobRun) : null,
    ...(terminal ? costOf(jobRun, placement) : NO_COST_YET),
  };
}

const NO_COST_YET: Cost = { billed: null, costUsd: null, estimated: false, costNote: null };

function isTerminal({ state = 'UNKNOWN' }: ObservedJobRun): boolean {
  return !RUNNING_STATES.has(state);
}

function failureReason(state: string, stateDetails = '', stderr: readonly string[]): string {
  if (!FAILED_STATES.has(state)) {
    return toReason(`Unknown job run state '${state}', treated as a failure. ${stateDetails}`);
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

import type { JobRun } from '@aws-sdk/client-emr-serverless';
import type { S3Client } from '@aws-sdk/client-s3';
import { type DriverLog, fetchDriverLog } from '../spark-logs/driver-log';
import { reasonFromLog, tailForReport, toReason } from '../spark-logs/failure-reason';
import { cloudWatchLink, driverLogFolder, toUri } from '../spark-logs/log-locations';
import { type Cost, costOf, type Placement } from './job-run-cost';

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
  /** Why the tail is missing or incomplete; `null` when it is neither, or was not read. */
  readonly note: string | null;
  /** Whether the last lines may yet come: worth another read some seconds later. */
  readonly pending: boolean;
}

/** A job run as EMR Serverless may send it: it has gained states that the SDK did not know yet. */
export type ObservedJobRun = Omit<JobRun, 'state'> & { readonly state: string | undefined };

/** States before the end. A state that is in neither set is unknown, and must not be waited for. */
const RUNNING_STATES: ReadonlySet<string> = new Set([
  'SUBMITTED',
  'PENDING',
  'SCHEDULED',
  'QUEUED',
  'RUNNING',
  'CANCELLING',
]);
const FAILED_STATES: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED']);

/** Where the log of a job run is read from, what it costs, and when to stop reading. */
export interface StatusOptions {
  readonly s3: S3Client;
  /** The caller's log URI; the job run's own when undefined. */
  readonly logUri: string | undefined;
  readonly placement: Placement;
  readonly signal: AbortSignal;
}

/** The status of a job run; its log is read only when it has failed. */
export async function statusOf(jobRun: ObservedJobRun, options: StatusOptions): Promise<JobStatus> {
  const { s3, logUri, placement, signal } = options;
  const failed = isTerminal(jobRun) && jobRun.state !== 'SUCCESS';
  const folder = driverLogFolder(jobRun, logUri);
  const log = failed ? await fetchDriverLog(s3, folder, signal, jobRun) : undefined;
  return assessJobRun(jobRun, { log, logUri, placement });
}

/** @param log the driver's log when the run has failed */
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import type { S3Client } from '@aws-sdk/client-s3';
import { assessJobRun, hasFailed, type JobStatus, type ObservedJobRun } from './assess-job-run';
import type { Placement } from './job-run-cost';
import { fetchDriverLog } from '../spark-logs/driver-log';
import { driverLogFolder } from '../spark-logs/log-locations';
import type { ComputeFacts } from '../notification/notice';
import type { EndedExecution } from '../execution-event';
import { factsOf } from './job-run-facts';
import { findJobRun } from './find-job-run';

const POLL_MS = 5_000;
const LOG_MS = 5_000;

/** Where an execution's job run is looked for. */
export interface JobRunPlace {
  readonly emrServerless: EMRServerlessClient;
  readonly s3: S3Client;
  readonly applicationId: string;
  readonly placement: Placement;
}

/**
 * The job run of an execution; undefined when it has started none.
 *
 * @param maxWaitMs how long to wait for the end of a job run that is being cancelled, for its bill and for its log
 */
export async function findJobRunFacts(
  place: JobRunPlace,
  { executionArn, startedAt }: EndedExecution,
  maxWaitMs: number,
): Promise<ComputeFacts | undefined> {
  const deadline = Date.now() + maxWaitMs;
  for (;;) {
    const jobRun = await findJobRun(place.emrServerless, place.applicationId, executionArn, startedAt);
    if (jobRun === undefined) return undefined;
    const status = await judge(jobRun, place);
    const settled = status.terminal && status.billed !== null && !status.logs.pending;
    if (settled || Date.now() > deadline) return factsOf(jobRun.jobRunId ?? 'without an id', status);
    await sleep(POLL_MS);
  }
}

async function judge(jobRun: ObservedJobRun, { s3, placement }: JobRunPlace): Promise<JobStatus> {
  const stderr = hasFailed(jobRun)
    ? await fetchDriverLog(s3, driverLogFolder(jobRun, undefined), AbortSignal.timeout(LOG_MS), jobRun)
    : undefined;
  return assessJobRun(jobRun, { stderr, logUri: undefined, placement });
}

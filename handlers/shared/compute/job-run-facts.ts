import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EMRServerlessClient,
  GetJobRunCommand,
  paginateListJobRuns,
} from '@aws-sdk/client-emr-serverless';
import type { S3Client } from '@aws-sdk/client-s3';
import type { EndedExecution } from '../execution-event';
import { CLOCK_MARGIN_MS, EXECUTION_TAG, executionName, executionTag } from '../execution-tag';
import type { ComputeFacts } from '../notification/notice';
import type { Placement } from './job-run-cost';
import { type JobStatus, type ObservedJobRun, statusOf } from './job-run-status';

const POLL_MS = 5_000;
const LOG_MS = 5_000;

export interface JobRunPlace {
  readonly emrServerless: EMRServerlessClient;
  readonly s3: S3Client;
  readonly applicationId: string;
  readonly placement: Placement;
}

/**
 * The job run of an execution; undefined when there is none.
 *
 * @param maxWaitMs maximum wait for the end of a job run that is being cancelled, its billed resources and its log
 */
export async function findJobRunFacts(
  place: JobRunPlace,
  execution: EndedExecution,
  maxWaitMs: number,
): Promise<ComputeFacts | undefined> {
  const { s3, placement } = place;
  const deadline = Date.now() + maxWaitMs;
  for (;;) {
    const jobRun = await findJobRun(place, execution);
    if (jobRun === undefined) return undefined;
    const signal = AbortSignal.timeout(LOG_MS);
    const status = await statusOf(jobRun, { s3, placement, logUri: undefined, signal });
    const settled = status.terminal && status.billed !== null && !status.logs.pending;
    if (settled || Date.now() > deadline) return jobRunFacts(String(jobRun.jobRunId), status);
    await sleep(POLL_MS);
  }
}

/** The latest job run with the tag of the execution. */
async function findJobRun(
  { emrServerless: client, applicationId }: JobRunPlace,
  { executionArn, startedAt }: EndedExecution,
): Promise<ObservedJobRun | undefined> {
  const tag = executionTag(executionArn);
  const after = startedAt && new Date(startedAt.getTime() - CLOCK_MARGIN_MS);
  const pages = paginateListJobRuns({ client }, { applicationId, ...(after && { createdAtAfter: after }) });
  for await (const { jobRuns = [] } of pages) {
    // The job run has the name of the execution, but only the tag is unique.
    for (const { id } of jobRuns.filter(({ name }) => name === executionName(executionArn))) {
      const { jobRun } = await client.send(new GetJobRunCommand({ applicationId, jobRunId: id }));
      if (jobRun?.tags?.[EXECUTION_TAG] === tag) return jobRun;
    }
  }
  return undefined;
}

/** A job run for a notification. */
export function jobRunFacts(jobRunId: string, status: JobStatus): ComputeFacts {
  const { state, reason, logs, costUsd, costNote } = status;
  return {
    id: jobRunId,
    what: `job run ${jobRunId} (${state})`,
    reason,
    logs: logs.s3 ?? logs.cloudWatch,
    logLines: logs.driverStderrTail,
    logNote: logs.note,
    cost: costUsd === null ? 'not known yet' : `${costUsd} USD`,
    costNotes: costNote === null ? [] : [costNote],
  };
}

/**
 * Command that runs an execution again, with the date of its input or its start date.
 *
 * @param rerun command without a date
 */
export function rerunFor(
  rerun: string,
  { input, startedAt }: Pick<EndedExecution, 'input' | 'startedAt'>,
): string {
  const given =
    input === undefined ? undefined : /"InputDate"\s*:\s*"(ALL|\d{4}-\d{2}-\d{2})"/.exec(input)?.[1];
  const date = given ?? startedAt?.toISOString().slice(0, 10);
  return date === undefined ? rerun : `${rerun} --date ${date}`;
}

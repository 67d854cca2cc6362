import { Logger } from '@aws-lambda-powertools/logger';
import { EMRServerlessClient, GetJobRunCommand } from '@aws-sdk/client-emr-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { assessJobRun, hasFailed, type JobStatus } from '../shared/compute/assess-job-run';
import { architectures, type Placement } from '../shared/compute/job-run-cost';
import { fetchDriverLog } from '../shared/spark-logs/driver-log';
import { parseInput } from './input';
import { driverLogFolder } from '../shared/spark-logs/log-locations';

const logger = new Logger({ serviceName: 'job-status' });
const placement: Placement = {
  region: requiredVariable('AWS_REGION'),
  architecture: choiceVariable('ARCHITECTURE', architectures),
};
// Three attempts, the SDK's default, take 18 s at most: a slow answer must not use up the Lambda's own time-out.
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const emrServerless = new EMRServerlessClient({ requestHandler });
const s3 = new S3Client({ requestHandler });

/** EMR Serverless answered without a job run. */
export class MissingJobRunError extends Error {
  override readonly name = 'MissingJobRunError';
}

/**
 * Looks at a job run once: never waits, never stops or changes anything.
 *
 * @param event `{applicationId, jobRunId, logUri?}`
 * @throws InvalidInputError for any other event. Errors of GetJobRun keep the SDK's names (ThrottlingException,
 *   ResourceNotFoundException …), which a state machine's Retry and Catch can tell apart.
 */
export async function handler(event: unknown, context: Context): Promise<JobStatus> {
  logger.addContext(context);
  const { applicationId, jobRunId, logUri } = parseInput(event);
  const { jobRun } = await emrServerless.send(new GetJobRunCommand({ applicationId, jobRunId }));
  if (jobRun === undefined) {
    throw new MissingJobRunError(`GetJobRun of ${jobRunId} in application ${applicationId} gave no job run.`);
  }
  const folder = driverLogFolder(jobRun, logUri);
  // The status is worth more than the log: half of the time that is left stays for the answer.
  const signal = AbortSignal.timeout(Math.floor(context.getRemainingTimeInMillis() / 2));
  const stderr = hasFailed(jobRun) ? await fetchDriverLog(s3, folder, signal, jobRun) : undefined;
  const status = assessJobRun(jobRun, { stderr, logUri, placement });
  const { state, terminal, reason, costUsd, logs } = status;
  logger.info('job run', { applicationId, jobRunId, state, terminal, reason, costUsd, logNote: logs.note });
  return status;
}

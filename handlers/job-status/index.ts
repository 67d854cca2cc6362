import { Logger } from '@aws-lambda-powertools/logger';
import { EMRServerlessClient, GetJobRunCommand } from '@aws-sdk/client-emr-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { createClient } from '../shared/aws-clients';
import { ARCHITECTURES, type Placement } from '../shared/compute/job-run-cost';
import { type JobStatus, statusOf } from '../shared/compute/job-run-status';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { type FieldRule, readFields } from '../shared/event-fields';

const logger = new Logger({ serviceName: 'job-status' });
const placement: Placement = {
  region: requiredVariable('AWS_REGION'),
  architecture: choiceVariable('ARCHITECTURE', ARCHITECTURES),
};
const emrServerless = createClient(EMRServerlessClient, {});
const s3 = createClient(S3Client, {});

/** Pattern of EMR Serverless for ids. */
const ID: FieldRule = [/^[\w.-]{1,64}$/, 'an id such as 00fm3oi5k1g7ah09'];
const LOG_URI: FieldRule = [/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/.*)?$/, 's3://bucket/prefix/'];

/** The response of GetJobRun has no job run. */
export class MissingJobRunError extends Error {
  override readonly name = 'MissingJobRunError';
}

/**
 * Returns the status of a job run without waiting.
 *
 * @param event `{applicationId, jobRunId, logUri}`
 * @throws InvalidInputError for any other event. Errors of GetJobRun keep the names of the SDK (ThrottlingException,
 *   ResourceNotFoundException …) for Retry and Catch of the state machine.
 */
export async function handler(event: unknown, context: Context): Promise<JobStatus> {
  logger.addContext(context);
  const rules = { applicationId: ID, jobRunId: ID, logUri: LOG_URI };
  const { applicationId, jobRunId, logUri } = readFields(event, rules);
  const { jobRun } = await emrServerless.send(new GetJobRunCommand({ applicationId, jobRunId }));
  if (jobRun === undefined) {
    throw new MissingJobRunError(
      `GetJobRun returned no job run for ${jobRunId} in application ${applicationId}.`,
    );
  }
  // The status is more important than the log: half of the remaining time is for the response.
  const signal = AbortSignal.timeout(Math.floor(context.getRemainingTimeInMillis() / 2));
  const status = await statusOf(jobRun, { s3, logUri, placement, signal });
  const { state, terminal, reason, costUsd, logs } = status;
  logger.info('job run', { applicationId, jobRunId, state, terminal, reason, costUsd, logNote: logs.note });
  return status;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { assessJobRun, hasFailed, type ObservedJobRun } from '../job-status/assess-job-run';
import { architectures, type Placement } from '../job-status/cost';
import { fetchDriverLog } from '../job-status/fetch-driver-log';
import { driverLogFolder } from '../job-status/log-locations';
import type { ComputeFacts } from '../notification/notice';
import { notify } from '../notification/notify';
import { choiceVariable, requiredVariable } from '../shared/environment';
import { type EndedExecution, parseExecutionEvent } from '../shared/execution-event';
import { dateOf, factsOf } from './facts';
import { findJobRun } from './find-job-run';

const POLL_MS = 5_000;
/** A job run that is cancelled takes some seconds to its end, and some more to its bill and its logs. */
const PATIENCE_MS = 90_000;

const placement: Placement = {
  region: requiredVariable('AWS_REGION'),
  architecture: choiceVariable('ARCHITECTURE', architectures),
};
const applicationId = requiredVariable('APPLICATION_ID');
const rerun = requiredVariable('RERUN_COMMAND');
const name = requiredVariable('PIPELINE');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const emrServerless = new EMRServerlessClient({ requestHandler });
const s3 = new S3Client({ requestHandler });
const sns = new SNSClient({ requestHandler });
const topicArn = requiredVariable('TOPIC_ARN');

/**
 * Tells the topic how an execution of the clicklogger workflow has ended: why, with the last lines of the job's log, what
 * it cost and how to run it again.
 *
 * @param event EventBridge's "Step Functions Execution Status Change".
 */
export async function handler(event: unknown): Promise<void> {
  const execution = parseExecutionEvent(event);
  const pipeline = { name, rerun: commandFor };
  await notify(execution, pipeline, {
    findCompute,
    publish: (subject, text) =>
      sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text })),
    // Lambda's own JSON log has the request id: three clients leave no room for a logger in a bundle that starts fast.
    onProblem: (problem) => {
      console.warn(problem);
    },
  });
  console.info({ told: execution.executionArn, status: execution.status });
}

function commandFor(execution: EndedExecution): string {
  const date = dateOf(execution);
  return date === undefined ? rerun : `${rerun} --date ${date}`;
}

async function findCompute({ executionArn, startedAt }: EndedExecution): Promise<ComputeFacts | undefined> {
  const deadline = Date.now() + PATIENCE_MS;
  let jobRun: ObservedJobRun | undefined;
  for (;;) {
    jobRun = await findJobRun(emrServerless, applicationId, executionArn, startedAt);
    if (jobRun === undefined) return undefined;
    const { terminal, billed } = assessJobRun(jobRun, { stderr: undefined, logUri: undefined, placement });
    if ((terminal && billed !== null) || Date.now() > deadline) break;
    await sleep(POLL_MS);
  }
  const folder = driverLogFolder(jobRun, undefined);
  const stderr = hasFailed(jobRun)
    ? await fetchDriverLog(s3, folder, AbortSignal.timeout(POLL_MS))
    : undefined;
  return factsOf(
    jobRun.jobRunId ?? 'without an id',
    assessJobRun(jobRun, { stderr, logUri: undefined, placement }),
  );
}

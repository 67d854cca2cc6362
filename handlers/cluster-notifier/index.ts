import { EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { fetchDriverLog } from '../job-status/fetch-driver-log';
import type { ComputeFacts } from '../notification/notice';
import { notify } from '../notification/notify';
import { clusterCost } from '../shared/cluster-cost';
import { requiredVariable } from '../shared/environment';
import { type EndedExecution, parseExecutionEvent } from '../shared/execution-event';
import { factsOf } from './facts';
import { findCluster, findFailedStep, findInstances } from './find-cluster';
import { clusterLogFolder, readStepLog } from './step-log';

/** For one log; there are two at most. */
const LOG_MS = 10_000;

const region = requiredVariable('AWS_REGION');
const rerun = requiredVariable('RERUN_COMMAND');
const name = requiredVariable('PIPELINE');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const emr = new EMRClient({ requestHandler });
const s3 = new S3Client({ requestHandler });
const sns = new SNSClient({ requestHandler });
const topicArn = requiredVariable('TOPIC_ARN');

/**
 * Tells the topic how an execution of the covid workflow has ended: why, with the last lines of the failed step's log, what
 * its cluster has cost and how to run it again.
 *
 * @param event EventBridge's "Step Functions Execution Status Change".
 */
export async function handler(event: unknown): Promise<void> {
  const execution = parseExecutionEvent(event);
  const pipeline = { name, rerun: () => rerun };
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

async function findCompute({ executionArn, startedAt }: EndedExecution): Promise<ComputeFacts | undefined> {
  const cluster = await findCluster(emr, `${name}-`, executionArn, startedAt);
  if (cluster?.Id === undefined) return undefined;
  const step = await findFailedStep(emr, cluster.Id);
  const folder = clusterLogFolder(cluster.LogUri, cluster.Id);
  const log =
    step?.Id === undefined || folder === undefined
      ? undefined
      : await readStepLog(folder, step.Id, (place) => fetchDriverLog(s3, place, AbortSignal.timeout(LOG_MS)));
  const instances = await findInstances(emr, cluster.Id);
  return factsOf(cluster, step, { folder, log }, clusterCost(instances, new Date(), region));
}

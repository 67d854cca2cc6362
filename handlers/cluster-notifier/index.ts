import { Logger } from '@aws-lambda-powertools/logger';
import { EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import { fetchDriverLog } from '../job-status/fetch-driver-log';
import { awsPorts } from '../notification/aws-ports';
import type { ComputeFacts } from '../notification/notice';
import { notify } from '../notification/notify';
import { clusterCost } from '../shared/cluster-cost';
import { requiredVariable } from '../shared/environment';
import { parseExecutionEvent } from '../shared/execution-event';
import { factsOf } from './facts';
import { findCluster, findFailedStep, findInstances } from './find-cluster';
import { clusterLogFolder, readStepLog } from './step-log';

/** For one log; there are two at most. */
const LOG_MS = 10_000;

const logger = new Logger({ serviceName: 'cluster-notifier' });
const region = requiredVariable('AWS_REGION');
const rerun = requiredVariable('RERUN_COMMAND');
const name = requiredVariable('PIPELINE');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const emr = new EMRClient({ requestHandler });
const s3 = new S3Client({ requestHandler });
const ports = awsPorts(requiredVariable('TOPIC_ARN'), { requestHandler });

/**
 * Tells the topic how an execution of the covid workflow has ended: why, with the last lines of the failed step's log, what
 * its cluster has cost and how to run it again.
 *
 * @param event EventBridge's "Step Functions Execution Status Change".
 */
export async function handler(event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  const pipeline = { name, rerun: () => rerun };
  const notice = await notify(parseExecutionEvent(event), pipeline, {
    ...ports,
    findCompute,
    onProblem: (problem) => {
      logger.warn(problem);
    },
  });
  logger.info('told', { executionArn: notice.executionArn, status: notice.status });
}

async function findCompute(
  executionArn: string,
  startedAt: Date | undefined,
): Promise<ComputeFacts | undefined> {
  const cluster = await findCluster(emr, `${name}-`, executionArn, startedAt);
  if (cluster?.Id === undefined) return undefined;
  const step = await findFailedStep(emr, cluster.Id);
  const folder = clusterLogFolder(cluster.LogUri, cluster.Id);
  const log =
    step?.Id === undefined || folder === undefined
      ? undefined
      : await readStepLog(folder, step.Id, (place) => fetchDriverLog(s3, place, AbortSignal.timeout(LOG_MS)));
  const instances = await findInstances(emr, cluster.Id);
  return factsOf(cluster, step, log, clusterCost(instances, new Date(), region));
}

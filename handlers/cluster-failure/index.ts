import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeClusterCommand, EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import { clusterFacts } from '../shared/compute/find-cluster-facts';
import type { ComputeFacts } from '../shared/notification/notice';
import { requiredVariable } from '../shared/environment';
import { causeOf } from './cause';
import { parseFailure } from './input';
import { factsWithLog } from './log-wait';

const rerun = requiredVariable('RERUN_COMMAND');
const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
const emr = new EMRClient({ requestHandler });
const s3 = new S3Client({ requestHandler });
const place = { emr, s3, region: requiredVariable('AWS_REGION') };
/** The function's time-out leaves as much again for services that answer slowly. */
const logWait = { totalMs: 60_000, pollMs: 5_000, sleep };

/** EMR answered without a cluster. */
export class MissingClusterError extends Error {
  override readonly name = 'MissingClusterError';
}

/**
 * Says why an execution of the covid workflow has failed, out of the log that is whole only when the cluster has ended.
 *
 * @param event `{clusterId, cause}`; the cause is what the workflow knows.
 * @returns the cause to fail with, 31,000 characters at most.
 * @throws InvalidFailureError for any other event. Errors of EMR keep the SDK's names.
 */
export async function handler(event: unknown): Promise<{ readonly cause: string }> {
  const { clusterId, cause } = parseFailure(event);
  const facts = await factsWithLog(() => look(clusterId), logWait);
  console.info({ clusterId, reason: facts.reason, cost: facts.cost, logNote: facts.logNote });
  return { cause: causeOf(cause, facts, rerun) };
}

async function look(clusterId: string): Promise<ComputeFacts> {
  const { Cluster: cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
  if (cluster === undefined)
    throw new MissingClusterError(`DescribeCluster of ${clusterId} gave no cluster.`);
  return clusterFacts(place, cluster);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeClusterCommand, EMRClient } from '@aws-sdk/client-emr';
import { S3Client } from '@aws-sdk/client-s3';
import { createClient } from '../shared/aws-clients';
import { describeCluster } from '../shared/compute/cluster-facts';
import { requiredVariable } from '../shared/environment';
import { type FieldRule, readFields } from '../shared/event-fields';
import { type ComputeFacts, costOf } from '../shared/notification/notice';
import { causeOf, factsWithLog } from './cause';

const rerun = requiredVariable('RERUN_COMMAND');
const emr = createClient(EMRClient, {});
const place = { emr, s3: createClient(S3Client, {}), region: requiredVariable('AWS_REGION') };
/** Half of the timeout of the function; the other half is for slow responses. */
const logWait = { totalMs: 60_000, pollMs: 5_000, sleep };

const CLUSTER_ID: FieldRule = [/^j-[0-9A-Z]{1,30}$/, 'an id such as j-1ABCDEFGHIJKL'];
const CAUSE: FieldRule = [/^/, 'a text'];

/** The response of DescribeCluster has no cluster. */
export class MissingClusterError extends Error {
  override readonly name = 'MissingClusterError';
}

/**
 * Explains the failure of an execution of the covid workflow with the log, which is complete only after the cluster terminates.
 *
 * @param event `{clusterId, cause}` with the cause of the workflow
 * @returns the extended cause, at most 31,000 characters
 * @throws InvalidInputError for any other event. Errors of EMR keep the names of the SDK.
 */
export async function handler(event: unknown): Promise<{ readonly cause: string }> {
  const { clusterId, cause } = readFields(event, { clusterId: CLUSTER_ID, cause: CAUSE });
  const facts = await factsWithLog(() => findFacts(clusterId), logWait);
  console.info({ clusterId, reason: facts.reason, cost: costOf(facts), logNote: facts.logNote });
  return { cause: causeOf(cause, facts, rerun) };
}

async function findFacts(clusterId: string): Promise<ComputeFacts> {
  const { Cluster: cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: clusterId }));
  if (cluster === undefined)
    throw new MissingClusterError(`DescribeCluster returned no cluster for ${clusterId}.`);
  return describeCluster(place, cluster);
}

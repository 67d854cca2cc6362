import type { Cluster, EMRClient } from '@aws-sdk/client-emr';
import type { S3Client } from '@aws-sdk/client-s3';
import { fetchDriverLog } from '../spark-logs/driver-log';
import type { ComputeFacts } from '../notification/notice';
import { clusterCost } from './cluster-cost';
import type { EndedExecution } from '../execution-event';
import { factsOf } from './cluster-facts';
import { findCluster, findFailedStep, findInstances } from './find-cluster';
import { clusterLogFolder, readStepLog } from '../spark-logs/step-log';

/** For one log; there are two at most. */
const LOG_MS = 10_000;

/** Where an execution's cluster is looked for. */
export interface ClusterPlace {
  readonly emr: EMRClient;
  readonly s3: S3Client;
  /** E.g. `clicklogger-dev-covid`, which the names of its clusters begin with. */
  readonly pipeline: string;
  readonly region: string;
}

/** The cluster of an execution, with its failed step; undefined when it has started none. */
export async function findClusterFacts(
  { emr, s3, pipeline, region }: ClusterPlace,
  { executionArn, startedAt }: Pick<EndedExecution, 'executionArn' | 'startedAt'>,
): Promise<ComputeFacts | undefined> {
  const cluster = await findCluster(emr, `${pipeline}-`, executionArn, startedAt);
  return cluster && clusterFacts({ emr, s3, region }, cluster);
}

/** A cluster with its failed step, the end of that step's log, and what it has cost. */
export async function clusterFacts(
  { emr, s3, region }: Omit<ClusterPlace, 'pipeline'>,
  cluster: Cluster,
): Promise<ComputeFacts> {
  const { Id: id = '' } = cluster;
  const step = await findFailedStep(emr, id);
  const folder = clusterLogFolder(cluster.LogUri, id);
  const log =
    step?.Id === undefined || folder === undefined
      ? undefined
      : await readStepLog(folder, step.Id, (place) => fetchDriverLog(s3, place, AbortSignal.timeout(LOG_MS)));
  const instances = await findInstances(emr, id);
  return factsOf(cluster, step, { folder, log }, clusterCost(instances, new Date(), region));
}

import {
  type Cluster,
  DescribeClusterCommand,
  type EMRClient,
  paginateListClusters,
  paginateListInstances,
  paginateListSteps,
  type StepSummary,
} from '@aws-sdk/client-emr';
import type { InstanceUse } from './cluster-cost';
import { CLOCK_MARGIN_MS, EXECUTION_TAG, executionName, executionTag } from '../execution-tag';

/**
 * The cluster with the tag of the execution; undefined when there is none.
 *
 * @param namePrefix cluster name of the workflow, before the execution name
 * @param startedAt start time of the execution; its cluster is not older
 */
export async function findCluster(
  client: EMRClient,
  namePrefix: string,
  executionArn: string,
  startedAt: Date | undefined,
): Promise<Cluster | undefined> {
  const name = namePrefix + executionName(executionArn);
  const tag = executionTag(executionArn);
  const after = startedAt && new Date(startedAt.getTime() - CLOCK_MARGIN_MS);
  for await (const page of paginateListClusters({ client }, after ? { CreatedAfter: after } : {})) {
    for (const { Id } of (page.Clusters ?? []).filter((cluster) => cluster.Name === name)) {
      const { Cluster: cluster } = await client.send(new DescribeClusterCommand({ ClusterId: Id }));
      if (cluster?.Tags?.some(({ Key, Value }) => Key === EXECUTION_TAG && Value === tag)) return cluster;
    }
  }
  return undefined;
}

/** All instances of the cluster, with start and end. */
export async function findInstances(client: EMRClient, clusterId: string): Promise<InstanceUse[]> {
  const uses: InstanceUse[] = [];
  for await (const { Instances: instances = [] } of paginateListInstances(
    { client },
    { ClusterId: clusterId },
  )) {
    for (const { InstanceType: type = 'an instance without type', Market, Status } of instances) {
      const startedAt = Status?.Timeline?.CreationDateTime;
      uses.push({ type, isSpot: Market === 'SPOT', startedAt, endedAt: Status?.Timeline?.EndDateTime });
    }
  }
  return uses;
}

/** The latest failed step; undefined when there is none. */
export async function findFailedStep(client: EMRClient, clusterId: string): Promise<StepSummary | undefined> {
  const pages = paginateListSteps(
    { client },
    { ClusterId: clusterId, StepStates: ['FAILED', 'CANCELLED', 'INTERRUPTED'] },
  );
  for await (const { Steps: [newest] = [] } of pages) {
    if (newest !== undefined) return newest;
  }
  return undefined;
}

import { type ClusterState, type ClusterSummary, EMR, paginateListClusters } from '@aws-sdk/client-emr';
import { ignoreNotFound } from './aws-errors';
import type { Target } from './target';
import { waitUntilNone } from './waiting';

export interface RunningCluster {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly isProtected: boolean;
}

export type ListedCluster = ClusterSummary & { readonly Id: string };

/**
 * Clusters of the stage by name. EMR lists all clusters of the account, unordered, and terminated ones for two months.
 */
export async function listClusters(
  { client, names }: Pick<Target, 'client' | 'names'>,
  filter: { readonly ClusterStates?: ClusterState[]; readonly CreatedAfter?: Date } = {},
): Promise<ListedCluster[]> {
  const prefix = `${names.pipeline('covid')}-`;
  const found: ListedCluster[] = [];
  for await (const { Clusters = [] } of paginateListClusters({ client: client(EMR) }, filter)) {
    for (const cluster of Clusters) {
      const { Id, Name } = cluster;
      if (Id !== undefined && Name?.startsWith(prefix)) found.push({ ...cluster, Id });
    }
  }
  return found;
}

export async function describeClusters(target: Target, ids: readonly string[]): Promise<RunningCluster[]> {
  const found = await Promise.all(ids.map((id) => describeCluster(target, id)));
  return found.filter((cluster) => cluster !== undefined);
}

/** Undefined when the cluster is terminated or does not exist. */
export async function describeCluster(target: Target, id: string): Promise<RunningCluster | undefined> {
  const call = target.client(EMR).describeCluster({ ClusterId: id });
  const cluster = (await ignoreNotFound(call, 'InvalidRequestException'))?.Cluster;
  const state = cluster?.Status?.State;
  if (cluster === undefined || state?.startsWith('TERMINATED')) return undefined;
  const { Name: name = id, TerminationProtected: isProtected = false } = cluster;
  return { id, name, state: state ?? 'unknown', isProtected };
}

/** Terminates clusters, including protected ones, and waits for the end. */
export async function endClusters(
  target: Target,
  ids: readonly string[],
  update: (text: string) => void,
): Promise<void> {
  const emr = target.client(EMR);
  for (const { id, isProtected } of await describeClusters(target, ids)) {
    if (isProtected) await emr.setTerminationProtection({ JobFlowIds: [id], TerminationProtected: false });
    await emr.terminateJobFlows({ JobFlowIds: [id] });
  }
  const remaining = async (): Promise<string[]> =>
    (await describeClusters(target, ids)).map(({ id, state }) => `${id} (${state})`);
  await waitUntilNone(target, 'EMR clusters', remaining, update);
}

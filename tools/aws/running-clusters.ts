import {
  DescribeClusterCommand,
  EMRClient,
  SetTerminationProtectionCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import type { Target } from './target';
import { isNotFound } from './aws-errors';
import { waitUntilNone } from './waiting';

/** A cluster that has not ended. */
export interface RunningCluster {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly isProtected: boolean;
}

/** What of `ids` has not ended yet. */
export async function describeClusters(target: Target, ids: readonly string[]): Promise<RunningCluster[]> {
  const found = (await Promise.all(ids.map((id) => describe(target, id)))).filter(
    (cluster) => cluster !== undefined,
  );
  return found.filter(({ state }) => !state.startsWith('TERMINATED'));
}

async function describe(target: Target, ClusterId: string): Promise<RunningCluster | undefined> {
  try {
    const { Cluster } = await target.client(EMRClient).send(new DescribeClusterCommand({ ClusterId }));
    return {
      id: ClusterId,
      name: Cluster?.Name ?? ClusterId,
      state: Cluster?.Status?.State ?? 'unknown',
      isProtected: Cluster?.TerminationProtected ?? false,
    };
  } catch (error) {
    if (isNotFound(error, ['InvalidRequestException'])) return undefined;
    throw error;
  }
}

/**
 * Terminates clusters, also protected ones, and waits until their instances are gone. Only for clusters that are ours:
 * by their tags, or because the user has asked for those without.
 */
export async function endClusters(
  target: Target,
  ids: readonly string[],
  say: (text: string) => void,
): Promise<void> {
  const emr = target.client(EMRClient);
  const running = await describeClusters(target, ids);
  for (const { id, isProtected } of running) {
    if (isProtected) {
      const command = new SetTerminationProtectionCommand({ JobFlowIds: [id], TerminationProtected: false });
      await emr.send(command);
    }
    await emr.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  }
  const remaining = async (): Promise<string[]> =>
    (await describeClusters(target, ids)).map(({ id, state }) => `${id} (${state})`);
  await waitUntilNone(target, 'EMR clusters', remaining, say);
}

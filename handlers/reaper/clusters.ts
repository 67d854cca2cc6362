import {
  type ClusterState,
  DescribeClusterCommand,
  type EMRClient,
  paginateListClusters,
  SetTerminationProtectionCommand,
  TerminateJobFlowsCommand,
} from '@aws-sdk/client-emr';
import { EXECUTION_TAG, executionOf } from '../shared/execution-tag';
import type { Compute, LiveCompute } from './compute';

/** States of a cluster that is not terminating. */
const LIVE_STATES: ClusterState[] = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

/**
 * EMR clusters of one pipeline, which have its tag `pipeline`. The name `NAME-…` selects the clusters that the role may describe.
 */
export class Clusters implements Compute {
  constructor(
    private readonly client: EMRClient,
    private readonly pipeline: string,
  ) {}

  async findLive(): Promise<LiveCompute[]> {
    const found: LiveCompute[] = [];
    const pages = paginateListClusters({ client: this.client }, { ClusterStates: LIVE_STATES });
    for await (const { Clusters: clusters = [] } of pages) {
      for (const { Id: id, Name: name = '' } of clusters) {
        if (!name.startsWith(`${this.pipeline}-`)) continue;
        const live = await this.describe(id);
        if (live !== undefined) found.push(live);
      }
    }
    return found;
  }

  async end({ id }: LiveCompute): Promise<void> {
    // An operator may have enabled termination protection; nothing else terminates a cluster without an execution.
    await this.client.send(
      new SetTerminationProtectionCommand({ JobFlowIds: [id], TerminationProtected: false }),
    );
    await this.client.send(new TerminateJobFlowsCommand({ JobFlowIds: [id] }));
  }

  /** The cluster with its tags, which the list does not contain; undefined for another pipeline, or when it is terminating. */
  private async describe(id: string | undefined): Promise<LiveCompute | undefined> {
    const { Cluster: cluster } = await this.client.send(new DescribeClusterCommand({ ClusterId: id }));
    const tags = new Map(cluster?.Tags?.map(({ Key, Value }) => [Key, Value]));
    const state = cluster?.Status?.State;
    const createdAt = cluster?.Status?.Timeline?.CreationDateTime;
    if (id === undefined || state === undefined || createdAt === undefined) return undefined;
    if (!LIVE_STATES.includes(state) || tags.get('pipeline') !== this.pipeline) return undefined;
    const name = cluster?.Name ?? id;
    const executionArn = executionOf(tags.get(EXECUTION_TAG), name.slice(`${this.pipeline}-`.length));
    return { kind: 'cluster', id, name, state, createdAt, executionArn };
  }
}

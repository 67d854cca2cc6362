/** What a cluster is made of, as the settings say it and EMR is asked for it. */
export interface ClusterSize {
  /** EC2 instance types of the primary node; the first with capacity is taken. */
  readonly primaryTypes: readonly string[];
  /** EC2 instance types of the workers. */
  readonly workerTypes: readonly string[];
  /** Workers, besides the primary node. */
  readonly workers: number;
  /** Whether workers are Spot instances, with On-Demand when there are none. */
  readonly spot: boolean;
  /** Disk of each node, in GB. */
  readonly volumeGigabytes: number;
  /** EMR itself ends the cluster after so long without a step. */
  readonly idleMinutes: number;
}

import { EMR } from '@aws-sdk/client-emr';
import { findInstances } from '../../handlers/shared/compute/find-cluster';
import type { LiveCompute } from '../../handlers/reaper/compute';
import { clusterCost, type InstanceUse } from '../../handlers/shared/compute/cluster-cost';
import { workersHour } from '../pricing/prices';
import type { Target } from '../aws/target';

/** What something that still runs has cost. */
export interface CostSoFar {
  /** US dollars; `null` when it cannot be known. */
  readonly usd: number | null;
  /** US dollars for another hour as it is now; `null` when it cannot be known. */
  readonly usdPerHour: number | null;
  /** Why the figures are approximate or unknown. */
  readonly notes: readonly string[];
}

const HOUR_MS = 3_600_000;

/** At on-demand list prices. */
export async function costSoFar(target: Target, live: LiveCompute, now: Date): Promise<CostSoFar> {
  return live.kind === 'cluster'
    ? clusterCostSoFar(await findInstances(target.client(EMR), live.id), now, target.region)
    : ofJobRun(target.settings.emr, now.getTime() - live.createdAt.getTime());
}

/** Of the instances that a cluster has had; another hour costs only those that are still there. */
export function clusterCostSoFar(instances: readonly InstanceUse[], now: Date, region: string): CostSoFar {
  const { usd, notes } = clusterCost(instances, now, region);
  const running = instances.filter(
    ({ startedAt, endedAt }) => startedAt !== undefined && endedAt === undefined,
  );
  const anHour = running.map((instance) => ({ ...instance, startedAt: new Date(now.getTime() - HOUR_MS) }));
  return { usd, usdPerHour: clusterCost(anHour, now, region).usd, notes };
}

/** EMR Serverless reports what a job run used only after its end: until then, as if it used all that it may. */
function ofJobRun(
  { architecture, maxVcpu, maxMemoryGigabytes }: Target['settings']['emr'],
  ageMs: number,
): CostSoFar {
  const { usd: usdPerHour } = workersHour(maxVcpu, maxMemoryGigabytes, architecture);
  const usd = (usdPerHour * ageMs) / HOUR_MS;
  const notes = [`at most: all of the application's ${maxVcpu} vCPU and ${maxMemoryGigabytes} GB`];
  return { usd: Math.round(usd * 1e4) / 1e4, usdPerHour: Math.round(usdPerHour * 1e4) / 1e4, notes };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { SFN } from '@aws-sdk/client-sfn';
import { Clusters } from '../../handlers/reaper/clusters';
import type { Compute, LiveCompute } from '../../handlers/reaper/compute';
import { JobRuns } from '../../handlers/reaper/job-runs';
import { isOrphan, isRunning } from '../../handlers/reaper/ownership';
import { reap, type Reaping } from '../../handlers/reaper/reap';
import { clusterCost, type InstanceUse } from '../../handlers/shared/compute/cluster-cost';
import { findInstances } from '../../handlers/shared/compute/find-cluster';
import { applicationIds } from '../aws/job-runs';
import type { Target } from '../aws/target';
import { workersHour } from '../pricing/prices';

const HOUR_MS = 3_600_000;

/** The termination of a large cluster can take some minutes. */
const MAX_WAIT_MS = 300_000;

interface CostSoFar {
  /** US dollars; `null` when unknown. */
  readonly usd: number | null;
  /** US dollars for the next hour; `null` when unknown. */
  readonly usdPerHour: number | null;
  /** Why the figures are approximate or unknown. */
  readonly notes: readonly string[];
}

/** An active job run or cluster of the stage. */
export interface ObservedCompute {
  readonly live: LiveCompute;
  readonly compute: Compute;
  /** Whether no running execution owns it. */
  readonly isOrphan: boolean;
  readonly ageMs: number;
  readonly cost: CostSoFar;
}

/** All active job runs and clusters of the stage, oldest first. */
export async function findLiveCompute(target: Target, now: Date): Promise<ObservedCompute[]> {
  const sfn = target.client(SFN);
  const observe = async (compute: Compute, live: LiveCompute): Promise<ObservedCompute> => ({
    live,
    compute,
    isOrphan: await isOrphan(live, (executionArn) => isRunning(sfn, executionArn)),
    ageMs: now.getTime() - live.createdAt.getTime(),
    cost: await costSoFar(target, live, now),
  });
  const found = await Promise.all(
    (await computeOf(target)).map(async (compute) =>
      Promise.all((await compute.findLive()).map((live) => observe(compute, live))),
    ),
  );
  return found.flat().sort((a, b) => b.ageMs - a.ageMs);
}

async function computeOf(target: Target): Promise<Compute[]> {
  const [application] = await applicationIds(target);
  return [
    ...(application === undefined ? [] : [new JobRuns(target.client(EMRServerless), application)]),
    new Clusters(target.client(EMR), target.names.pipeline('covid')),
  ];
}

/** At on-demand list prices. */
export async function costSoFar(target: Target, live: LiveCompute, now: Date): Promise<CostSoFar> {
  return live.kind === 'cluster'
    ? clusterCostSoFar(await findInstances(target.client(EMR), live.id), now, target.region)
    : ofJobRun(target.settings.emr, now.getTime() - live.createdAt.getTime());
}

/** The cost of all instances of a cluster; the next hour costs only the running ones. */
export function clusterCostSoFar(instances: readonly InstanceUse[], now: Date, region: string): CostSoFar {
  const { usd, notes } = clusterCost(instances, now, region);
  const running = instances.filter(
    ({ startedAt, endedAt }) => startedAt !== undefined && endedAt === undefined,
  );
  const anHour = running.map((instance) => ({ ...instance, startedAt: new Date(now.getTime() - HOUR_MS) }));
  return { usd, usdPerHour: clusterCost(anHour, now, region).usd, notes };
}

/** The maximum: EMR Serverless reports the used resources of a job run only after its end. */
function ofJobRun(
  { architecture, maxVcpu, maxMemoryGigabytes }: Target['settings']['emr'],
  ageMs: number,
): CostSoFar {
  const { usd: usdPerHour } = workersHour(maxVcpu, maxMemoryGigabytes, architecture);
  const usd = (usdPerHour * ageMs) / HOUR_MS;
  const notes = [`maximum: the application's capacity of ${maxVcpu} vCPU and ${maxMemoryGigabytes} GB`];
  return { usd: Math.round(usd * 1e4) / 1e4, usdPerHour: Math.round(usdPerHour * 1e4) / 1e4, notes };
}

/**
 * Ends these orphans, except those that a redriven execution owns again, and waits for their end.
 *
 * @throws ReapError with the orphans that still exist after five minutes
 */
export async function endOrphans(
  target: Target,
  orphans: readonly ObservedCompute[],
  onProblem: (problem: string) => void,
): Promise<Reaping['ended']> {
  const sfn = target.client(SFN);
  const deadline = Date.now() + MAX_WAIT_MS;
  const ids = new Set(orphans.map(({ live }) => live.id));
  const ports = {
    isRunning: (executionArn: string) => isRunning(sfn, executionArn),
    now: Date.now,
    sleep,
    timeLeftMs: () => deadline - Date.now(),
    onProblem,
  };
  const computes = [...new Set(orphans.map(({ compute }) => compute))];
  const reapings = await Promise.all(
    computes.map((compute) => reap(({ id }) => ids.has(id), 0, { ...ports, compute })),
  );
  return reapings.flatMap(({ ended }) => ended);
}

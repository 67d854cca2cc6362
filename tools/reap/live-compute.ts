import { EMR } from '@aws-sdk/client-emr';
import { EMRServerless } from '@aws-sdk/client-emr-serverless';
import { SFN } from '@aws-sdk/client-sfn';
import { Clusters } from '../../handlers/reaper/clusters';
import type { Compute, LiveCompute } from '../../handlers/reaper/compute';
import { JobRuns } from '../../handlers/reaper/job-runs';
import { isOrphan, isRunning } from '../../handlers/reaper/ownership';
import { applicationIds } from '../aws/job-runs';
import type { Target } from '../aws/target';
import { type CostSoFar, costSoFar } from './cost-so-far';

/** A job run or a cluster of ours that has not ended. */
export interface ObservedCompute {
  readonly live: LiveCompute;
  readonly compute: Compute;
  /** Whether no running execution owns it. */
  readonly isOrphan: boolean;
  /** Milliseconds since it was created. */
  readonly ageMs: number;
  readonly cost: CostSoFar;
}

/** Every job run and cluster of the stage that has not ended, the oldest first. */
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

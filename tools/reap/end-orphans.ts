import { setTimeout as sleep } from 'node:timers/promises';
import { SFN } from '@aws-sdk/client-sfn';
import { isRunning } from '../../handlers/reaper/ownership';
import { reap, type Reaping } from '../../handlers/reaper/reap';
import type { Target } from '../aws/target';
import type { ObservedCompute } from './live-compute';

/** A cluster of many instances may need some minutes until it is seen to end. */
const MAX_WAIT_MS = 300_000;

/**
 * Ends these orphans and nothing else, and polls until none of them is left. One that a running execution owns by then
 * (a redriven one) is not ended.
 *
 * @throws ReapError that names what still exists after five minutes
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

import { describeError } from '../shared/describe-error';
import type { Compute, LiveCompute } from './compute';
import { isOrphan } from './ownership';

const RETRY_MS = 5_000;
/** Time for the last attempt and the response. */
const CLOSING_MS = 20_000;

export interface ReapPorts {
  readonly compute: Compute;
  /** Whether the execution is running, and therefore releases its compute. */
  readonly isRunning: (executionArn: string) => Promise<boolean>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds until the timeout of the invocation. */
  readonly timeLeftMs: () => number;
  /** Receives errors of attempts that are not the last one. */
  readonly onProblem: (problem: string) => void;
}

export interface Reaping {
  /** Orphaned compute that has ended or is ending. */
  readonly ended: readonly LiveCompute[];
  readonly attempts: number;
  /** All compute in the last attempt. */
  readonly live: readonly LiveCompute[];
}

/** Orphaned compute is still running, or could not be listed, before the timeout. */
export class ReapError extends Error {
  override readonly name = 'ReapError';
}

/**
 * Ends orphaned compute until an attempt finds no more.
 *
 * @param isInScope whether the compute may be ended if it is orphaned
 * @param quietFrom epoch milliseconds before which compute can still appear, so that an empty list is not the end
 * @throws ReapError when orphaned compute is left before the timeout; a retry is safe
 */
export async function reap(
  isInScope: (live: LiveCompute) => boolean,
  quietFrom: number,
  ports: ReapPorts,
): Promise<Reaping> {
  const ended = new Map<string, LiveCompute>();
  for (let attempts = 1; ; attempts += 1) {
    const found = await find(isInScope, ports);
    if (typeof found !== 'string') {
      for (const live of found.orphans) {
        ended.set(live.id, live);
        await endOne(live, ports);
      }
      if (found.orphans.length === 0 && ports.now() >= quietFrom)
        return { ended: [...ended.values()], attempts, live: found.live };
    }
    if (ports.timeLeftMs() < RETRY_MS + CLOSING_MS) throw outOfTime(found);
    await ports.sleep(RETRY_MS);
  }
}

interface Found {
  readonly live: readonly LiveCompute[];
  readonly orphans: readonly LiveCompute[];
}

/** The current compute, or an error message. */
async function find(
  isInScope: (live: LiveCompute) => boolean,
  { compute, isRunning, onProblem }: ReapPorts,
): Promise<Found | string> {
  try {
    const live = await compute.findLive();
    const orphans: LiveCompute[] = [];
    for (const one of live) {
      if (isInScope(one) && (await isOrphan(one, isRunning))) orphans.push(one);
    }
    return { live, orphans };
  } catch (error) {
    const problem = `listing failed: ${describeError(error)}`;
    onProblem(problem);
    return problem;
  }
}

async function endOne(live: LiveCompute, { compute, onProblem }: ReapPorts): Promise<void> {
  try {
    await compute.end(live);
  } catch (error) {
    onProblem(`ending ${live.kind} ${live.id} failed: ${describeError(error)}`);
  }
}

function outOfTime(found: Found | string): ReapError {
  if (typeof found === 'string') return new ReapError(`Compute may still be running: ${found}`);
  const left = found.orphans.map(({ kind, id, state }) => `${kind} ${id} (${state})`);
  return new ReapError(
    left.length > 0
      ? `Still running: ${left.join(', ')}.`
      : 'The function timed out while compute could appear.',
  );
}

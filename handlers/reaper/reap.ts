import { describeError } from '../shared/describe-error';
import type { Compute, LiveCompute } from './compute';
import { isOrphan } from './ownership';

/** Between two attempts. */
const LOOK_MS = 5_000;
/** Kept for a last attempt and the answer. */
const CLOSING_MS = 20_000;

/** What the reaper needs from outside. */
export interface ReapPorts {
  readonly compute: Compute;
  /** Whether the execution still runs, and so ends its compute itself. */
  readonly isRunning: (executionArn: string) => Promise<boolean>;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds until the invocation is cut off. */
  readonly timeLeftMs: () => number;
  /** Gets what goes wrong in between; the next attempt may find it done. */
  readonly onProblem: (problem: string) => void;
}

/** What a reaping has done and seen. */
export interface Reaping {
  /** What was found without an owner, and has ended or is ending. */
  readonly ended: readonly LiveCompute[];
  readonly looks: number;
  /** Everything live in the last attempt, with or without an owner. */
  readonly live: readonly LiveCompute[];
}

/** Compute without an owner is still there, or could not be listed, when the time was over. */
export class ReapError extends Error {
  override readonly name = 'ReapError';
}

/**
 * Ends what no running execution owns, and repeats that until an attempt finds nothing more to end.
 *
 * @param isInScope what may be ended at all; ownership is checked too.
 * @param quietFrom epoch milliseconds before which an empty list does not count: something may yet appear.
 * @throws ReapError when that is not reached in time. Repeating it is harmless.
 */
export async function reap(
  isInScope: (live: LiveCompute) => boolean,
  quietFrom: number,
  ports: ReapPorts,
): Promise<Reaping> {
  const ended = new Map<string, LiveCompute>();
  for (let looks = 1; ; looks += 1) {
    const look = await lookOnce(isInScope, ports);
    if (typeof look !== 'string') {
      for (const live of look.orphans) {
        ended.set(live.id, live);
        await endOne(live, ports);
      }
      if (look.orphans.length === 0 && ports.now() >= quietFrom)
        return { ended: [...ended.values()], looks, live: look.live };
    }
    if (ports.timeLeftMs() < LOOK_MS + CLOSING_MS) throw outOfTime(look);
    await ports.sleep(LOOK_MS);
  }
}

interface Look {
  readonly live: readonly LiveCompute[];
  readonly orphans: readonly LiveCompute[];
}

/** What there is now; the reason when it could not be found out. */
async function lookOnce(
  isInScope: (live: LiveCompute) => boolean,
  { compute, isRunning, onProblem }: ReapPorts,
): Promise<Look | string> {
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

function outOfTime(look: Look | string): ReapError {
  if (typeof look === 'string') return new ReapError(`Compute may be left; ${look}`);
  const left = look.orphans.map(({ kind, id, state }) => `${kind} ${id} (${state})`);
  return new ReapError(
    left.length > 0 ? `Still live: ${left.join(', ')}.` : 'The time was over before it was quiet.',
  );
}

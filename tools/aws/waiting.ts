import { TaskError } from '../cli/errors';
import type { Target } from './target';

/** State changes take seconds to minutes in AWS, which throttles frequent calls, and milliseconds in the local AWS. */
const POLL_MS = { aws: 5_000, local: 200 } as const;

/** The longest operation, the termination of a cluster, takes up to ten minutes. */
const MAX_WAIT_MS = 20 * 60_000;

export function pause(target: Pick<Target, 'kind'>): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS[target.kind]));
}

/** Polls until `get` resolves with a value. TaskError with `what` and the hint after `limitMs`. */
export async function waitFor<T>(
  target: Pick<Target, 'kind'>,
  what: string,
  get: () => Promise<T | undefined>,
  { limitMs, hint = '' }: { readonly limitMs: number; readonly hint?: string },
): Promise<T> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const found = await get();
    if (found !== undefined) return found;
    await pause(target);
  }
  throw new TaskError(`${what}: not found within ${limitMs / 60_000} minutes. ${hint}`.trimEnd());
}

/** Polls until `remaining` resolves with an empty list. TaskError with the remaining names after 20 minutes. */
export async function waitUntilNone(
  target: Pick<Target, 'kind'>,
  what: string,
  remaining: () => Promise<readonly string[]>,
  update: (text: string) => void,
): Promise<void> {
  const deadline = Date.now() + MAX_WAIT_MS;
  for (;;) {
    const names = await remaining();
    if (names.length === 0) return;
    if (Date.now() > deadline)
      throw new TaskError(`${what}: still exist after ${MAX_WAIT_MS / 60_000} minutes: ${names.join(', ')}`);
    update(`${what}: waiting for ${names.join(', ')}`);
    await pause(target);
  }
}

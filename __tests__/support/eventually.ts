import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/** Polls until `get` returns a value other than undefined and false; Jest's time limit ends a test whose value never comes. */
export async function eventually<T>(get: () => Promise<T | false | undefined>): Promise<T> {
  for (;;) {
    const found = await get();
    if (found !== undefined && found !== false) return found;
    await sleep(POLL_MS);
  }
}

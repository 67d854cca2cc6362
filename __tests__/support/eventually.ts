import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;

/** What `look` finds once it finds something; Jest's own limit ends a test that waits for what never comes. */
export async function eventually<T>(look: () => Promise<T | false | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await sleep(POLL_MS);
  }
}

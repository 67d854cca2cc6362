import type { ComputeFacts } from '../shared/notification/notice';

/** How long a log is waited for, and what may be replaced in a test. */
export interface LogWait {
  /** Milliseconds in all. */
  readonly totalMs: number;
  /** Milliseconds between two looks. */
  readonly pollMs: number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** EMR uploads the rest of a log as the cluster ends: once the cluster is gone the log is there, or seconds later. */
export async function factsWithLog(
  look: () => Promise<ComputeFacts>,
  { totalMs, pollMs, sleep }: LogWait,
): Promise<ComputeFacts> {
  let facts = await look();
  for (let waited = 0; waited < totalMs && isLogMissing(facts); waited += pollMs) {
    await sleep(pollMs);
    facts = await look();
  }
  return facts;
}

/** A note without lines is a log that could not be read; a cluster without a failed step has neither. */
function isLogMissing({ logLines, logNote }: ComputeFacts): boolean {
  return logLines.length === 0 && logNote !== null;
}

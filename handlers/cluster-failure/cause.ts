import { CAUSE_DETAILS, LOG_TITLE } from '../shared/cause-details';
import { type ComputeFacts, costOf } from '../shared/notification/notice';
import { shorten, toReason } from '../shared/spark-logs/failure-reason';

/** A cause has 32,768 characters at most; 20 lines of a log have up to 20,000 of them, a reason 1,000. */
const MAX_KNOWN_LENGTH = 8_000;

/** How long to wait for a log, in milliseconds: in all, and between two attempts. */
export interface LogWait {
  readonly totalMs: number;
  readonly pollMs: number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** EMR uploads the rest of a log as the cluster ends: the log is there when the cluster has ended, or seconds later. */
export async function factsWithLog(
  find: () => Promise<ComputeFacts>,
  { totalMs, pollMs, sleep }: LogWait,
): Promise<ComputeFacts> {
  let facts = await find();
  for (let waited = 0; waited < totalMs && isLogMissing(facts); waited += pollMs) {
    await sleep(pollMs);
    facts = await find();
  }
  return facts;
}

/** A note without lines is a log that could not be read; a cluster without a failed step has neither. */
function isLogMissing({ logLines, logNote }: ComputeFacts): boolean {
  return logLines.length === 0 && logNote !== null;
}

/**
 * The cause of a failed execution: what was known before, Spark's reason, the place of the log, cost so far, how to run it
 * again and the last lines of the log. 31,000 characters at most.
 *
 * @param known what the workflow had as the cause.
 * @param rerun command that runs the pipeline again.
 */
export function causeOf(known: string, facts: ComputeFacts, rerun: string): string {
  const head = shorten(known, MAX_KNOWN_LENGTH);
  const reason = facts.reason === null ? '' : toReason(facts.reason);
  const lines = facts.logLines;
  return [
    head,
    reason === '' || head.includes(reason) ? '' : `\nReason: ${reason}`,
    facts.logs === null || head.includes('\nLog: ') ? '' : `\nLog: ${facts.logs}`,
    `${CAUSE_DETAILS}${costOf(facts)}`,
    `\nRun it again: ${rerun}`,
    lines.length === 0 ? '' : `\n${LOG_TITLE}\n${lines.join('\n')}`,
    facts.logNote === null ? '' : `\nAbout the log: ${toReason(facts.logNote)}`,
  ].join('');
}

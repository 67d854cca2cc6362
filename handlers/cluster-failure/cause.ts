import { CAUSE_DETAILS, LOG_TITLE } from '../shared/cause-details';
import { type ComputeFacts, costOf } from '../shared/notification/notice';
import { shorten, toReason } from '../shared/spark-logs/failure-reason';

/** Step Functions limits a cause to 32,768 characters; 20 log lines have up to 20,000, a reason 1,000. */
const MAX_KNOWN_LENGTH = 8_000;

/** Total wait for a log, and the poll interval, in milliseconds. */
export interface LogWait {
  readonly totalMs: number;
  readonly pollMs: number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** EMR uploads the end of a log when the cluster terminates, or seconds later. */
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

/** A log that could not be read has a note and no lines; a cluster without a failed step has neither. */
function isLogMissing({ logLines, logNote }: ComputeFacts): boolean {
  return logLines.length === 0 && logNote !== null;
}

/**
 * The cause of a failed execution: the known cause, the reason of Spark, the location of the log, the cost, the command to run the
 * pipeline again, and the last lines of the log. At most 31,000 characters.
 *
 * @param known cause of the workflow
 * @param rerun command that runs the pipeline again
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

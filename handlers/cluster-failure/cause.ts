import { toReason } from '../shared/spark-logs/failure-reason';
import type { ComputeFacts } from '../shared/notification/notice';
import { CAUSE_DETAILS, LOG_TITLE } from '../shared/cause-details';

/** A cause has 32,768 characters at most; 20 lines of a log have up to 20,000 of them, a reason 1,000. */
const LONGEST_KNOWN = 8_000;

/**
 * The cause of a failed execution: what was known before, Spark's reason, the place of the log, cost so far, how to run it
 * again and the last lines of the log. 31,000 characters at most.
 *
 * @param known what the workflow had as the cause.
 * @param rerun command that runs the pipeline again.
 */
export function causeOf(known: string, facts: ComputeFacts, rerun: string): string {
  const head = known.length > LONGEST_KNOWN ? `${known.slice(0, LONGEST_KNOWN - 1)}…` : known;
  const reason = facts.reason === null ? '' : toReason(facts.reason);
  const lines = facts.logLines;
  return [
    head,
    reason === '' || head.includes(reason) ? '' : `\nReason: ${reason}`,
    facts.logs === null || head.includes('\nLog: ') ? '' : `\nLog: ${facts.logs}`,
    `${CAUSE_DETAILS}${facts.cost}`,
    `\nRun it again: ${rerun}`,
    lines.length === 0 ? '' : `\n${LOG_TITLE}\n${lines.join('\n')}`,
    facts.logNote === null ? '' : `\nAbout the log: ${toReason(facts.logNote)}`,
  ].join('');
}

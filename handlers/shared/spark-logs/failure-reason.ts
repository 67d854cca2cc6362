/** Keeps the whole output far below Step Functions' 256 KB, and a Fail state's Cause readable. */
const LONGEST_REASON = 1_000;
const TAIL_LINES = 20;
const LONGEST_TAIL_LINE = 1_000;

/** What our own job prints as its last words: the reason in a sentence, made for people. */
const OWN_ERROR = /^LoggregatorError: (.+)$/;
/** A JVM's uncaught exception, or the cause under it: the class, and the message if there is one. */
const JVM_ERROR = /^(?:Exception in thread "main"|Caused by:) (\S.*)$/;

/**
 * Why a job failed, by its driver's stderr: the last error that our job printed, otherwise the last cause of the JVM's
 * exception (the root cause comes last). `undefined` when the log names neither.
 */
export function reasonFromLog(lines: readonly string[]): string | undefined {
  const reason = lastMatch(lines, OWN_ERROR) ?? lastMatch(lines, JVM_ERROR);
  return reason === undefined ? undefined : shorten(reason, LONGEST_REASON);
}

/** The last lines of a log, each cut to a length that a state machine can carry. */
export function tailForReport(lines: readonly string[]): string[] {
  return lines.slice(-TAIL_LINES).map((line) => shorten(line, LONGEST_TAIL_LINE));
}

/** One line, cut to the length of a reason. */
export function toReason(text: string): string {
  return shorten(text.replaceAll(/\s+/g, ' ').trim(), LONGEST_REASON);
}

function lastMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]?.trim()).findLast((match) => match !== undefined);
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

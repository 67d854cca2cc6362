/** Keeps the whole output far below Step Functions' 256 KB, and a Fail state's Cause readable. */
const MAX_REASON_LENGTH = 1_000;
const TAIL_LINES = 20;
const MAX_TAIL_LINE_LENGTH = 1_000;

/** The last line that our own job prints: the reason in a sentence, made for people. */
const OWN_ERROR = /^LoggregatorError: (.+)$/;
/** A JVM's uncaught exception, one that Python has printed, or the cause of either: the class, and the message if there is one. */
const JVM_ERROR = /^(?:Exception in thread "[^"]*"|Caused by:|:(?= [\w.$]+(?:Exception|Error)\b)) (\S.*)$/;
/** The last line that a failed Python job prints: the exception's class and message. */
const PYTHON_ERROR = /^(?:\w+\.)*\w*(?:Error|Exception): .+$/;
const ERRORS = [OWN_ERROR, JVM_ERROR, PYTHON_ERROR];
const STACK_FRAME = /^\s+(?:at |\.\.\. \d+ more)/;
/** As Spark's own configuration of Log4j writes it: date, time, level. */
const INFO = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d INFO /;
/** Python's name for any exception of the JVM, whose own name follows further down. */
const FROM_JVM = 'py4j.protocol.Py4JJavaError';

/**
 * Why a job failed, by its driver's stderr: the last error that our job printed, otherwise the last cause of the JVM's
 * exception (the root cause comes last). `undefined` when the log names neither.
 */
export function reasonFromLog(lines: readonly string[]): string | undefined {
  const reason = lastMatch(lines, OWN_ERROR) ?? lastMatch(lines, JVM_ERROR);
  return reason === undefined ? undefined : shorten(reason, MAX_REASON_LENGTH);
}

/** The exception, with its message, that ended the driver whose log this is; undefined when the log has none. */
export function printedError(lines: readonly string[]): string | undefined {
  const error = lines.findLast((line) => PYTHON_ERROR.test(line));
  const isJvm = error === undefined || error.startsWith(FROM_JVM);
  return (isJvm ? reasonFromLog(lines) : undefined) ?? error;
}

/** Whether the log is that of a Python driver that failed. */
export function hasPythonError(lines: readonly string[]): boolean {
  return lines.some((line) => PYTHON_ERROR.test(line));
}

/**
 * The last lines of a log, each cut to a length that a state machine can carry: without the frames of stack traces, and
 * without what Spark logs at level INFO after the last error, which is about its own shutdown.
 */
export function tailForReport(lines: readonly string[]): string[] {
  const messages = lines.filter((line) => !STACK_FRAME.test(line));
  const lastError = messages.findLastIndex((line) => ERRORS.some((pattern) => pattern.test(line)));
  return messages
    .filter((line, index) => lastError === -1 || index <= lastError || !INFO.test(line))
    .slice(-TAIL_LINES)
    .map((line) => shorten(line, MAX_TAIL_LINE_LENGTH));
}

/** One line, cut to the length of a reason. */
export function toReason(text: string): string {
  return shorten(text.replaceAll(/\s+/g, ' ').trim(), MAX_REASON_LENGTH);
}

/** `text`, cut to `length` characters with an ellipsis as the last of them. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function lastMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]?.trim()).findLast((match) => match !== undefined);
}

/** Limits the output far below 256 KB, the limit of Step Functions. */
const MAX_REASON_LENGTH = 1_000;
const TAIL_LINES = 20;
const MAX_TAIL_LINE_LENGTH = 1_000;

/** The last line of the click job: the reason as a sentence. */
const OWN_ERROR = /^LoggregatorError: (.+)$/;
/** An uncaught JVM exception, a JVM exception printed by Python, or a cause: the class, and the message if there is one. */
const JVM_ERROR = /^(?:Exception in thread "[^"]*"|Caused by:|:(?= [\w.$]+(?:Exception|Error)\b)) (\S.*)$/;
/** The last line of a failed Python job: the class and message of the exception. */
const PYTHON_ERROR = /^(?:\w+\.)*\w*(?:Error|Exception): .+$/;
const ERRORS = [OWN_ERROR, JVM_ERROR, PYTHON_ERROR];
const STACK_FRAME = /^\s+(?:at |\.\.\. \d+ more)/;
/** Log4j format of Spark: date, time, level. */
const INFO = /^\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d INFO /;
/** Python error of any JVM exception; the class of the JVM exception follows. */
const FROM_JVM = 'py4j.protocol.Py4JJavaError';

/**
 * Reason of a failure from the stderr of the driver: the last error of the click job, otherwise the last cause of the JVM
 * exception, which is the root cause.
 */
export function reasonFromLog(lines: readonly string[]): string | undefined {
  const reason = lastMatch(lines, OWN_ERROR) ?? lastMatch(lines, JVM_ERROR);
  return reason === undefined ? undefined : shorten(reason, MAX_REASON_LENGTH);
}

/** The exception, with its message, that ended the driver; undefined when the log has none. */
export function printedError(lines: readonly string[]): string | undefined {
  const error = lines.findLast((line) => PYTHON_ERROR.test(line));
  const isJvm = error === undefined || error.startsWith(FROM_JVM);
  return (isJvm ? reasonFromLog(lines) : undefined) ?? error;
}

/** Whether the log has an exception of a Python driver. */
export function hasPythonError(lines: readonly string[]): boolean {
  return lines.some((line) => PYTHON_ERROR.test(line));
}

/**
 * The last lines of a log, truncated for Step Functions: without stack frames, and without INFO lines after the last error, which
 * describe the shutdown of Spark.
 */
export function tailForReport(lines: readonly string[]): string[] {
  const messages = lines.filter((line) => !STACK_FRAME.test(line));
  const lastError = messages.findLastIndex((line) => ERRORS.some((pattern) => pattern.test(line)));
  return messages
    .filter((line, index) => lastError === -1 || index <= lastError || !INFO.test(line))
    .slice(-TAIL_LINES)
    .map((line) => shorten(line, MAX_TAIL_LINE_LENGTH));
}

/** One line, truncated to the length of a reason. */
export function toReason(text: string): string {
  return shorten(text.replaceAll(/\s+/g, ' ').trim(), MAX_REASON_LENGTH);
}

/** `text`, truncated to `length` characters including an ellipsis. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function lastMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  return lines.map((line) => pattern.exec(line)?.[1]?.trim()).findLast((match) => match !== undefined);
}

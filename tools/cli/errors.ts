import { types } from 'node:util';

/** What services report about the time of a signed request; S3's message names the difference only. */
const CLOCK_SKEW =
  /RequestTimeTooSkewed|RequestInTheFuture|RequestExpired|Signature (?:expired|not yet current)|between the request time and the (?:current|server) time is too large/i;

const CLOCK_ADVICE = 'AWS refuses requests that are signed more than some minutes off its own time';

/** A failure whose message is for the user: what happened and what to do; tasks print it without a stack trace. */
export class TaskError extends Error {
  override readonly name = 'TaskError';

  constructor(message: string) {
    super(withClockAdvice(message));
  }
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return withClockAdvice(error.message, error.name);
}

/** The message with what to do about the clock, when AWS has refused the time of a request; `name` is the error's. */
export function withClockAdvice(message: string, name = ''): string {
  if (!CLOCK_SKEW.test(`${name}: ${message}`) || message.includes(CLOCK_ADVICE)) return message;
  return (
    `${message}\n${CLOCK_ADVICE}, and the clock of this machine shows ${new Date().toISOString()}. If that is wrong, set it ` +
    '(`sudo timedatectl set-ntp true`; in WSL or a virtual machine, after it slept, `sudo hwclock --hctosys`) and run the ' +
    'command again; if it is right, get new credentials.'
  );
}

/** A fault of the program shows its stack; an error with a name of its own was written to be read by the user. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Those of the modules that bootstrap shares cannot be a TaskError.
  if (error instanceof TaskError || 'expected' in error) return errorMessage(error);
  if ('syscall' in error && 'path' in error)
    return `${errorMessage(error)}\nCheck this path, who may write there, and the free space of its disk.`;
  const isFault = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(error.name);
  return (isFault ? error.stack : undefined) ?? `${error.name}: ${errorMessage(error)}`;
}

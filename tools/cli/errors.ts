import { types } from 'node:util';

/** Errors of services for a wrong time of the request; S3's message only describes the difference. */
const CLOCK_SKEW =
  /RequestTimeTooSkewed|RequestInTheFuture|RequestExpired|Signature (?:expired|not yet current)|between the request time and the (?:current|server) time is too large/i;

const CLOCK_ADVICE = 'AWS rejects requests whose time differs by more than some minutes from the time of AWS';

/** A failure whose message describes the cause and the remedy; tasks print it without a stack trace. */
export class TaskError extends Error {
  override readonly name = 'TaskError';

  constructor(message: string) {
    super(withClockAdvice(message));
  }
}

export function errorMessage(error: unknown): string {
  if (!types.isNativeError(error)) return String(error);
  return withClockAdvice(error.message, error.name);
}

/** Adds advice about the clock to errors for a wrong request time; `name` is the name of the error. */
export function withClockAdvice(message: string, name = ''): string {
  if (!CLOCK_SKEW.test(`${name}: ${message}`) || message.includes(CLOCK_ADVICE)) return message;
  return (
    `${message}\n${CLOCK_ADVICE}, and the clock of this machine shows ${new Date().toISOString()}. If the clock is wrong, set it ` +
    '(`sudo timedatectl set-ntp true`; in WSL or a virtual machine after sleep, `sudo hwclock --hctosys`) and run the ' +
    'command again. If it is right, renew the credentials.'
  );
}

/** The stack of unexpected errors; the message of others. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Modules that bootstrap uses mark such errors with `expected`.
  if (error instanceof TaskError || 'expected' in error) return errorMessage(error);
  if ('syscall' in error && 'path' in error)
    return `${errorMessage(error)}\nCheck the path, its permissions, and the free disk space.`;
  const isBug = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(error.name);
  return (isBug ? error.stack : undefined) ?? `${error.name}: ${errorMessage(error)}`;
}

import { types } from 'node:util';

/** A failure whose message is for the user: what happened and what to do; tasks print it without a stack trace. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}

/** A fault of the program shows its stack; an error with a name of its own was written to be read by the user. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Those of the modules that bootstrap shares cannot be a TaskError.
  if (error instanceof TaskError || 'expected' in error) return error.message;
  const isFault = ['Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError'].includes(error.name);
  return (isFault ? error.stack : undefined) ?? `${error.name}: ${error.message}`;
}

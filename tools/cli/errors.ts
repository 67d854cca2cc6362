import { types } from 'node:util';

/** A failure whose message is for the user: what happened and what to do; tasks print it without a stack trace. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return types.isNativeError(error) ? error.message : String(error);
}

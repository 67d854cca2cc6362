import { TaskError } from '../cli/errors';

/** Makes every state of both workflows fail in every way that applies to it. Resolves with the exit code. */
export function breakStates({ json }: { readonly json: boolean }): Promise<number> {
  return Promise.reject(new TaskError(`States cannot be broken yet (json: ${json}).`));
}

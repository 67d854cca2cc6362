import { TaskError } from '../cli/errors';

/** Removes each permission of each role in turn, and shows what works without it. Resolves with the exit code. */
export function breakPermissions({ json }: { readonly json: boolean }): Promise<number> {
  return Promise.reject(new TaskError(`Permissions cannot be broken yet (json: ${json}).`));
}

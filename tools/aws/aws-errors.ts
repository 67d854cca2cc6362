import { types } from 'node:util';

/** Name and HTTP status of an SDK error; S3 responds to HEAD requests with the status only. */
export function errorFacts(error: unknown): { readonly name: string; readonly status: number | undefined } {
  if (!types.isNativeError(error)) return { name: '', status: undefined };
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { name: error.name, status: typeof status === 'number' ? status : undefined };
}

export function isNotFound(error: unknown, names: readonly string[]): boolean {
  return names.includes(errorFacts(error).name);
}

/** The result of `call`; undefined when it rejects with an error of one of these names. */
export async function ignoreNotFound<T>(
  call: Promise<T>,
  ...names: readonly string[]
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error, names)) return undefined;
    throw error;
  }
}

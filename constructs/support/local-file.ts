import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** A file that a stack deploys has not been built. */
export class LocalFileError extends Error {
  override readonly name = 'LocalFileError';
}

/**
 * SHA-256 of the file's content.
 *
 * @throws LocalFileError when there is no such file
 */
export function fileDigest(path: string, encoding: 'hex' | 'base64'): string {
  if (!existsSync(path)) {
    throw new LocalFileError(`${path} does not exist. Build it first: npm run build`);
  }
  return createHash('sha256').update(readFileSync(path)).digest(encoding);
}

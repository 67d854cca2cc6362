import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** A file of a stack is not built. */
export class LocalFileError extends Error {
  override readonly name = 'LocalFileError';
}

/**
 * SHA-256 of the content of the file.
 *
 * @throws LocalFileError when the file does not exist
 */
export function fileDigest(path: string, encoding: 'hex' | 'base64'): string {
  if (!existsSync(path)) {
    throw new LocalFileError(`${path} does not exist. Build it first: npm run build`);
  }
  return createHash('sha256').update(readFileSync(path)).digest(encoding);
}

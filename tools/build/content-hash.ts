import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { hashOf } from '../setup/stamps.cjs';

/** All files under the given files and folders, sorted; `isIncluded` receives paths relative to these. */
export function filesUnder(
  starts: readonly string[],
  isIncluded: (path: string) => boolean = () => true,
): string[] {
  return starts.flatMap((start) => {
    if (statSync(start).isFile()) return [start];
    return readdirSync(start, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => isIncluded(relative(start, file)))
      .sort();
  });
}

/** SHA-256 of the names and contents of all files under the given files and folders. */
export function contentHash(starts: readonly string[], isIncluded?: (path: string) => boolean): string {
  const files = filesUnder(starts, isIncluded);
  return hashOf(
    files,
    files.map((file) => starts.map((start) => relative(start, file)).join(':')),
  );
}

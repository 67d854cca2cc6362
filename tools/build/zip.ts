import { zipSync, type Zippable } from 'fflate';

/** The earliest time in a zip file, which stores local time. */
const FIXED_TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file that all users can read: Lambda runs the code as another user. */
const REGULAR_FILE_0644 = (0o100_644 << 16) >>> 0;

/**
 * Packs files. The same contents result in the same bytes on all machines and at any time.
 *
 * @param files contents by name in the zip
 */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const options = { mtime: FIXED_TIME, os: UNIX, attrs: REGULAR_FILE_0644, level: 9 } as const;
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries: Zippable = Object.fromEntries(sorted.map(([name, data]) => [name, [data, options]]));
  return zipSync(entries);
}

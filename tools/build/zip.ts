import { zipSync, type Zippable } from 'fflate';

/** The oldest time that a zip can hold. In local time, because zip files store local time and nothing else. */
const FIXED_TIME = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file that everybody may read: Lambda runs the code as another user than the one who unpacks it. */
const REGULAR_FILE_0644 = (0o100_644 << 16) >>> 0;

/**
 * Packs files so that the same contents give the same bytes on every machine and at any time.
 *
 * @param files name in the zip → contents.
 */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const options = { mtime: FIXED_TIME, os: UNIX, attrs: REGULAR_FILE_0644, level: 9 } as const;
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries: Zippable = Object.fromEntries(sorted.map(([name, data]) => [name, [data, options]]));
  return zipSync(entries);
}

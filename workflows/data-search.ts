import { listingStates } from './paged-listing';
import type { State } from './states-language';
import { catchAll, query } from './task-parts';

/**
 * Keys of a page. A key has up to 1,024 bytes, each of which JSON may write as six characters (\u0001); with up to 600
 * characters of size, time, ETag and checksums that makes 200 KB of the 256 KiB that a result may have.
 */
const PAGE = 30;

/** Objects with content, or that are not markers of folders (the console's and EMRFS's) and not hidden from Spark. */
const FILES = {
  withContent: 'Size > 0',
  forSpark: String.raw`$not($contains(Key, /\/$|_\$folder\$$|\._COPYING_$|(^|\/)(\.|_[^=\/]*(\/|$))/))`,
};

/** What is looked for, and where. */
export interface Search {
  /** In the names of the states: `FindClicks`. */
  readonly what: 'Clicks' | 'Data';
  readonly bucketName: string;
  /** May be an expression. */
  readonly prefix: string;
  /** Which objects count. */
  readonly files: keyof typeof FILES;
  /** What the workflow ends with when there is none; may be an expression. */
  readonly nothing: string;
}

/** Goes to `next` when there is a file under the prefix, else ends; fails to `FailRun`. */
export function searchStates(
  { what, bucketName, prefix, files, nothing }: Search,
  next: string,
): Record<string, State> {
  return {
    ...listingStates([`Find${what}`, `FindMore${what}`], {
      Comment: 'Without a file there is nothing to compute; folders may be empty objects',
      Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2',
      Arguments: { Bucket: bucketName, Prefix: prefix, MaxKeys: PAGE },
      token: { result: 'NextContinuationToken', argument: 'ContinuationToken' },
      Assign: { found: query(`$count($states.result.Contents[${FILES[files]}]) > 0`) },
      Catch: catchAll(`Looking for ${what.toLowerCase()} failed`, 'FailRun'),
      Next: `Check${what}`,
    }),
    [`Check${what}`]: {
      Type: 'Choice',
      Choices: [
        { Condition: query('$found'), Next: next },
        { Condition: query("$nextPage != ''"), Next: `FindMore${what}` },
      ],
      Default: 'NothingToDo',
    },
    NothingToDo: { Type: 'Succeed', Output: { status: 'NOTHING_TO_DO', message: nothing } },
  };
}

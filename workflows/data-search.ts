import { listingStates } from './paged-listing';
import type { State } from './states-language';
import { catchAll, query } from './task-parts';

/**
 * Keys in a page. A key has up to 1,024 bytes, and JSON may escape each byte with six characters (\u0001). With 600 characters
 * for the other fields of each object, the result has at most 200 KB; the limit is 256 KiB.
 */
const PAGE = 30;

/** Objects with content, or objects that Spark reads: no directory markers of the console or EMRFS, and no hidden files. */
const FILES = {
  withContent: 'Size > 0',
  forSpark: String.raw`$not($contains(Key, /\/$|_\$folder\$$|\._COPYING_$|(^|\/)(\.|_[^=\/]*(\/|$))/))`,
};

export interface Search {
  /** Part of the state names: `FindClicks`. */
  readonly what: 'Clicks' | 'Data';
  readonly bucketName: string;
  /** May be an expression. */
  readonly prefix: string;
  readonly files: keyof typeof FILES;
  /** Message of the execution without files; may be an expression. */
  readonly nothing: string;
}

/** Continues with `next` when there is a file under the prefix; otherwise the execution succeeds. Errors lead to `FailRun`. */
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

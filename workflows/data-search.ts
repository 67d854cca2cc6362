import { listingStates } from './paged-listing';
import type { State } from './states-language';
import { catchAll, query } from './task-parts';

/**
 * Keys of a page. A key has up to 1,024 bytes, each of which JSON may write as six characters (\u0001); with up to 600
 * characters of size, time, ETag and checksums that makes 200 KB of the 256 KiB that a result may have.
 */
const PAGE = 30;

/** Goes to `next` when a file under the prefix has content, else ends; fails to `FailRun`. */
export function searchStates(
  { bucketName, prefix }: { readonly bucketName: string; readonly prefix: string },
  next: string,
): Record<string, State> {
  return {
    ...listingStates(['FindData', 'FindMoreData'], {
      Comment:
        'Without a file there is nothing to compute, and no cluster to pay for; folders are empty objects',
      Resource: 'arn:aws:states:::aws-sdk:s3:listObjectsV2',
      Arguments: { Bucket: bucketName, Prefix: prefix, MaxKeys: PAGE },
      token: { result: 'NextContinuationToken', argument: 'ContinuationToken' },
      Assign: { dataFound: query('$count($states.result.Contents[Size > 0]) > 0') },
      Catch: catchAll('Looking for data failed', 'FailRun'),
      Next: 'CheckData',
    }),
    CheckData: {
      Type: 'Choice',
      Choices: [
        { Condition: query('$dataFound'), Next: next },
        { Condition: query("$nextPage != ''"), Next: 'FindMoreData' },
      ],
      Default: 'NothingToDo',
    },
    NothingToDo: {
      Type: 'Succeed',
      Output: {
        status: 'NOTHING_TO_DO',
        message: `There is no file in s3://${bucketName}/${prefix}; no cluster was started.`,
      },
    },
  };
}

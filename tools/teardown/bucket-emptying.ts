import { type S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ignoreNotFound, isNotFound } from '../aws/aws-errors';
import { TaskError } from '../cli/errors';
import { listUploads, versionPages, type Version } from './bucket-contents';

/** S3 allows 3,500 deletes per second and prefix; four concurrent requests of 1,000 keys stay within it. */
const MAX_REQUESTS = 4;

/** Limit of the passes over a bucket to which another client keeps writing. */
const MAX_PASSES = 30;

/** XML 1.0 cannot represent these characters: DeleteObject, which has the key in its URL, deletes these objects. */
// eslint-disable-next-line no-control-regex -- the pattern matches control characters
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

const policySchema = z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) });

const SID = 'CleanupDeniesWrites';

export interface Emptying {
  /** Account that must own the bucket. */
  readonly owner: string;
  readonly arn: string;
  readonly update: (text: string) => void;
}

export interface Emptied {
  /** Versions and delete markers. */
  readonly objects: number;
  readonly uploads: number;
  /** False when the bucket policy that denies writes could not be set. */
  readonly isGuarded: boolean;
}

interface KeyError {
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Denies writes, then deletes all versions, delete markers and incomplete uploads until S3 deletes the bucket.
 * TaskError with the versions that could not be deleted, or when another client keeps writing to the bucket.
 */
export async function emptyAndDelete(s3: S3, bucket: string, options: Emptying): Promise<Emptied> {
  const { owner, update } = options;
  const isGuarded = await denyWrites(s3, bucket, options);
  const total = { objects: 0, uploads: 0 };
  let found = 0;
  for (let count = 0; count < MAX_PASSES; count += 1) {
    const { objects, errors } = await deleteAllVersions(s3, bucket, owner, (deleted) => {
      update(`${bucket}: ${(total.objects + deleted).toLocaleString('en')} versions deleted`);
    });
    const uploads = await abortUploads(s3, bucket, owner);
    total.objects += objects;
    total.uploads += uploads;
    found = objects;
    if (errors.length > 0 && objects + uploads === 0) throw new TaskError(describeErrors(bucket, errors));
    if (await deleteBucket(s3, bucket, owner)) return { ...total, isGuarded };
  }
  throw new TaskError(
    `${bucket} does not become empty: another client keeps writing to it (${found} new versions in the last pass). ` +
      'Stop the client, then run cleanup again.',
  );
}

/** Adds a statement to the bucket policy that denies writes. False when the policy cannot be set. */
async function denyWrites(
  s3: S3,
  Bucket: string,
  { owner: ExpectedBucketOwner, arn }: { readonly owner: string; readonly arn: string },
): Promise<boolean> {
  try {
    const call = s3.getBucketPolicy({ Bucket, ExpectedBucketOwner });
    const Policy = withDenial(arn, (await ignoreNotFound(call, 'NoSuchBucketPolicy'))?.Policy);
    await s3.putBucketPolicy({ Bucket, ExpectedBucketOwner, Policy });
    return true;
  } catch (error) {
    if (isNotFound(error, ['NoSuchBucket'])) return true;
    // Emptying works without the policy, unless a client keeps writing.
    if (isNotFound(error, ['AccessDenied', 'MethodNotAllowed', 'MalformedPolicy'])) return false;
    throw error;
  }
}

/** The policy with the statement; adding it again changes nothing. */
function withDenial(bucketArn: string, policy: string | undefined): string {
  const parsed: unknown =
    policy === undefined ? { Version: '2012-10-17', Statement: [] } : JSON.parse(policy);
  const { Statement, ...rest } = policySchema.parse(parsed);
  const Resource = `${bucketArn}/*`;
  const denial = { Sid: SID, Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource };
  return JSON.stringify({ ...rest, Statement: [...Statement.filter(({ Sid }) => Sid !== SID), denial] });
}

async function deleteAllVersions(
  s3: S3,
  bucket: string,
  owner: string,
  onDeleted: (objects: number) => void,
): Promise<{ readonly objects: number; readonly errors: readonly KeyError[] }> {
  const errors: KeyError[] = [];
  const running = new Set<Promise<void>>();
  let objects = 0;
  for await (const page of versionPages(s3, bucket, owner)) {
    if (page.length === 0) continue;
    if (running.size >= MAX_REQUESTS) await Promise.race(running);
    const request = deleteVersions(s3, bucket, owner, page).then((failed) => {
      errors.push(...failed);
      objects += page.length - failed.length;
      onDeleted(objects);
    });
    const tracked = request.finally(() => running.delete(tracked));
    // Promise.race or Promise.all handles the rejection.
    tracked.catch(() => undefined);
    running.add(tracked);
  }
  await Promise.all(running);
  return { objects, errors };
}

async function deleteVersions(
  s3: S3,
  Bucket: string,
  ExpectedBucketOwner: string,
  versions: readonly Version[],
): Promise<KeyError[]> {
  const Objects = versions
    .filter(({ Key }) => !NOT_IN_XML.test(Key))
    .map(({ Key, VersionId }) => ({ Key, VersionId }));
  const failed: KeyError[] = [];
  if (Objects.length > 0) {
    const Delete = { Objects, Quiet: true };
    const { Errors = [] } =
      (await ignoreNotFound(s3.deleteObjects({ Bucket, ExpectedBucketOwner, Delete }), 'NoSuchBucket')) ?? {};
    failed.push(
      ...Errors.map(({ Key = '', Code = '', Message = '' }) => ({ key: Key, code: Code, message: Message })),
    );
  }
  for (const { Key, VersionId } of versions.filter(({ Key }) => NOT_IN_XML.test(Key))) {
    await ignoreNotFound(s3.deleteObject({ Bucket, ExpectedBucketOwner, Key, VersionId }), 'NoSuchBucket');
  }
  return failed;
}

async function abortUploads(s3: S3, Bucket: string, ExpectedBucketOwner: string): Promise<number> {
  const uploads = await listUploads(s3, Bucket, ExpectedBucketOwner);
  for (const upload of uploads) {
    // Another client may have completed or aborted the upload.
    await ignoreNotFound(
      s3.abortMultipartUpload({ Bucket, ExpectedBucketOwner, ...upload }),
      'NoSuchUpload',
      'NoSuchBucket',
    );
  }
  return uploads.length;
}

/** False when the bucket is not empty. */
async function deleteBucket(s3: S3, Bucket: string, ExpectedBucketOwner: string): Promise<boolean> {
  try {
    await ignoreNotFound(s3.deleteBucket({ Bucket, ExpectedBucketOwner }), 'NoSuchBucket');
    return true;
  } catch (error) {
    if (isNotFound(error, ['BucketNotEmpty'])) return false;
    throw error;
  }
}

function describeErrors(bucket: string, errors: readonly KeyError[]): string {
  const examples = new Map([...errors].reverse().map((error) => [error.code, error]));
  const lines = [...examples.values()].map(({ code, key, message }) => {
    const { length } = errors.filter((error) => error.code === code);
    return `  ${code}, ${length} times, e.g. ${key}: ${message}`;
  });
  return [`${bucket}: ${errors.length} versions could not be deleted.`, ...lines].join('\n');
}

import { type S3 } from '@aws-sdk/client-s3';
import { ignoreNotFound, isNotFound } from '../aws/aws-errors';
import { TaskError } from '../cli/errors';
import { listUploads, versionPages, type Version } from './bucket-contents';
import { denyWrites } from './bucket-policy';

/** S3 takes 3,500 deletes a second and prefix; four requests of a thousand use that without being refused. */
const MAX_REQUESTS = 4;

/** Passes over a bucket in which new objects keep appearing. */
const MAX_PASSES = 30;

/** XML 1.0 has no way to write these: such a key can be deleted by URL only. */
// eslint-disable-next-line no-control-regex -- the characters are what this is about
const NOT_IN_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

export interface Emptying {
  /** Account that must own the bucket. */
  readonly owner: string;
  readonly arn: string;
  readonly update: (text: string) => void;
}

/** What emptying a bucket has removed. */
export interface Emptied {
  /** Versions and delete markers. */
  readonly objects: number;
  readonly uploads: number;
  /** False when the policy against late writers could not be put. */
  readonly isGuarded: boolean;
}

interface KeyError {
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Denies writes, then removes every version, delete marker and unfinished upload until S3 deletes the bucket, which it
 * refuses while anything is in it. TaskError that names what could not be deleted, or says that somebody keeps writing.
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
    `${bucket} does not become empty: something keeps writing to it (${found} new versions in the last pass). ` +
      'Stop the writer, then run cleanup again.',
  );
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
    // Its rejection is for Promise.race or Promise.all, whichever comes first.
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
    // It may have been completed or aborted meanwhile.
    await ignoreNotFound(
      s3.abortMultipartUpload({ Bucket, ExpectedBucketOwner, ...upload }),
      'NoSuchUpload',
      'NoSuchBucket',
    );
  }
  return uploads.length;
}

/** False when something is in the bucket. */
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

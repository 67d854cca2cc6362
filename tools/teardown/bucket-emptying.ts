import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { TaskError } from '../cli/errors';
import { isNotFound, ignoreNotFound } from '../aws/aws-errors';
import { listUploads, versionPages, type Upload, type Version } from './bucket-contents';
import { denyWrites } from './bucket-policy';

/** S3 takes 3,500 deletes a second and prefix; four requests of a thousand keep it busy without being refused. */
const REQUESTS_IN_FLIGHT = 4;

/** Passes over a bucket in which new objects keep appearing, and attempts to delete it. */
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

interface Pass {
  readonly objects: number;
  readonly uploads: number;
  readonly errors: readonly KeyError[];
}

interface KeyError {
  readonly key: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Denies writes, empties a bucket until two passes in a row find nothing, and deletes it at once: no writer gets in
 * between. TaskError that names what could not be deleted, or the writer's last key when the bucket does not get empty.
 */
export async function emptyAndDelete(s3: S3Client, bucket: string, options: Emptying): Promise<Emptied> {
  const isGuarded = await denyWrites(s3, bucket, options);
  const total = { objects: 0, uploads: 0 };
  for (let attempt = 1; attempt <= MAX_PASSES; attempt += 1) {
    const { objects, uploads } = await emptyBucket(s3, bucket, options);
    total.objects += objects;
    total.uploads += uploads;
    if (await deleteBucket(s3, bucket, options.owner)) return { ...total, isGuarded };
  }
  throw new TaskError(describeWriter(bucket, 'a new object appeared before each attempt to delete it'));
}

/** Removes every version, delete marker and unfinished upload; resolves when two passes in a row have found nothing. */
export async function emptyBucket(
  s3: S3Client,
  bucket: string,
  { owner, update }: Omit<Emptying, 'arn'>,
): Promise<Pick<Emptied, 'objects' | 'uploads'>> {
  const total = { objects: 0, uploads: 0 };
  let emptyPasses = 0;
  let last: Pass = { objects: 0, uploads: 0, errors: [] };
  for (let count = 0; count < MAX_PASSES; count += 1) {
    last = await onePass(s3, bucket, owner, (objects) => {
      update(`${bucket}: ${(total.objects + objects).toLocaleString('en')} versions deleted`);
    });
    total.objects += last.objects;
    total.uploads += last.uploads;
    const found = last.objects + last.uploads + last.errors.length;
    emptyPasses = found === 0 ? emptyPasses + 1 : 0;
    if (emptyPasses === 2) return total;
    if (last.errors.length > 0 && last.objects + last.uploads === 0) {
      throw new TaskError(describeErrors(bucket, last.errors));
    }
  }
  throw new TaskError(describeWriter(bucket, `${last.objects} new versions in the last pass`));
}

async function onePass(
  s3: S3Client,
  bucket: string,
  owner: string,
  onDeleted: (objects: number) => void,
): Promise<Pass> {
  const errors: KeyError[] = [];
  const underWay = new Set<Promise<void>>();
  let objects = 0;
  for await (const page of versionPages(s3, bucket, owner)) {
    if (page.length === 0) continue;
    if (underWay.size >= REQUESTS_IN_FLIGHT) await Promise.race(underWay);
    const request = deleteVersions(s3, bucket, owner, page).then((failed) => {
      errors.push(...failed);
      objects += page.length - failed.length;
      onDeleted(objects);
    });
    const tracked = request.finally(() => underWay.delete(tracked));
    // Its rejection is for Promise.race or Promise.all, whichever comes first.
    tracked.catch(() => undefined);
    underWay.add(tracked);
  }
  await Promise.all(underWay);
  const uploads = await listUploads(s3, bucket, owner);
  for (const upload of uploads) await abort(s3, bucket, owner, upload);
  return { objects, uploads: uploads.length, errors };
}

async function deleteVersions(
  s3: S3Client,
  Bucket: string,
  ExpectedBucketOwner: string,
  versions: readonly Version[],
): Promise<KeyError[]> {
  const inXml = versions.filter(({ Key }) => !NOT_IN_XML.test(Key));
  const failed: KeyError[] = [];
  if (inXml.length > 0) {
    const Objects = inXml.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const command = new DeleteObjectsCommand({
      Bucket,
      ExpectedBucketOwner,
      Delete: { Objects, Quiet: true },
    });
    const reply = await ignoreNotFound(s3.send(command), 'NoSuchBucket');
    failed.push(
      ...(reply?.Errors ?? []).map(({ Key = '', Code = '', Message = '' }) => ({
        ...{ key: Key, code: Code, message: Message },
      })),
    );
  }
  for (const { Key, VersionId } of versions.filter(({ Key }) => NOT_IN_XML.test(Key))) {
    const command = new DeleteObjectCommand({ Bucket, ExpectedBucketOwner, Key, VersionId });
    await ignoreNotFound(s3.send(command), 'NoSuchBucket');
  }
  return failed;
}

async function abort(
  s3: S3Client,
  Bucket: string,
  ExpectedBucketOwner: string,
  { Key, UploadId }: Upload,
): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket, ExpectedBucketOwner, Key, UploadId });
  // It may have been completed or aborted meanwhile.
  await ignoreNotFound(s3.send(command), 'NoSuchUpload', 'NoSuchBucket');
}

/** False when something is in the bucket again. */
async function deleteBucket(s3: S3Client, Bucket: string, ExpectedBucketOwner: string): Promise<boolean> {
  try {
    await s3.send(new DeleteBucketCommand({ Bucket, ExpectedBucketOwner }));
    return true;
  } catch (error) {
    if (isNotFound(error, ['BucketNotEmpty'])) return false;
    if (isNotFound(error, ['NoSuchBucket'])) return true;
    throw error;
  }
}

function describeErrors(bucket: string, errors: readonly KeyError[]): string {
  const codes = [...new Set(errors.map(({ code }) => code))];
  const lines = codes.map((code) => {
    const all = errors.filter((error) => error.code === code);
    return `  ${code}, ${all.length} times, e.g. ${all[0]?.key ?? ''}: ${all[0]?.message ?? ''}`;
  });
  return [`${bucket}: ${errors.length} versions could not be deleted.`, ...lines].join('\n');
}

function describeWriter(bucket: string, sign: string): string {
  return `${bucket} does not get empty: something keeps writing to it (${sign}). Stop the writer, then run cleanup again.`;
}

import {
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { isNotFound } from '../aws/aws-errors';

/** One version of an object, or a delete marker. */
export interface Version {
  readonly Key: string;
  readonly VersionId: string;
  /** 0 for a delete marker. */
  readonly size: number;
}

/** An upload that was never completed. */
export interface Upload {
  readonly Key: string;
  readonly UploadId: string;
}

/** What a bucket holds. */
export interface BucketSize {
  readonly name: string;
  /** Versions and delete markers. */
  readonly objects: number;
  readonly bytes: number;
  readonly uploads: number;
  /** False when there is more than was counted. */
  readonly isComplete: boolean;
  /** Why the bucket could not be read. */
  readonly unreadable?: string;
}

/** A request for a thousand versions takes about 100 ms: beyond this the exact number is not worth the wait. */
const MAX_COUNTED = 200_000;

/** Every version and delete marker, in pages of up to 1,000. A bucket that does not exist has none. */
export async function* versionPages(s3: S3Client, bucket: string, owner: string): AsyncGenerator<Version[]> {
  let marker: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
  for (;;) {
    // Keys may hold characters that XML cannot; encoded ones survive it.
    const request = { Bucket: bucket, ExpectedBucketOwner: owner, EncodingType: 'url' as const, ...marker };
    const page = await s3.send(new ListObjectVersionsCommand(request)).catch(ignoreNoBucket);
    if (page === undefined) return;
    const decode = decoder(page.EncodingType);
    const versions = (page.Versions ?? []).map(({ Key = '', VersionId = 'null', Size = 0 }) => ({
      ...{ Key: decode(Key), VersionId, size: Size },
    }));
    const markers = (page.DeleteMarkers ?? []).map(({ Key = '', VersionId = 'null' }) => ({
      ...{ Key: decode(Key), VersionId, size: 0 },
    }));
    yield [...versions, ...markers];
    if (page.IsTruncated !== true) return;
    const { NextKeyMarker, NextVersionIdMarker } = page;
    marker = {
      KeyMarker: NextKeyMarker === undefined ? undefined : decode(NextKeyMarker),
      VersionIdMarker: NextVersionIdMarker,
    };
  }
}

/** Every unfinished upload. A bucket that does not exist has none. */
export async function listUploads(s3: S3Client, bucket: string, owner: string): Promise<Upload[]> {
  const found: Upload[] = [];
  let marker: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
  for (;;) {
    const request = { Bucket: bucket, ExpectedBucketOwner: owner, EncodingType: 'url' as const, ...marker };
    const page = await s3.send(new ListMultipartUploadsCommand(request)).catch(ignoreNoBucket);
    if (page === undefined) return found;
    const decode = decoder(page.EncodingType);
    found.push(...(page.Uploads ?? []).flatMap((upload) => toUpload(upload, decode)));
    if (page.IsTruncated !== true) return found;
    const { NextKeyMarker, NextUploadIdMarker } = page;
    marker = {
      KeyMarker: NextKeyMarker === undefined ? undefined : decode(NextKeyMarker),
      UploadIdMarker: NextUploadIdMarker,
    };
  }
}

/** Counts what a bucket holds. */
export async function measureBucket(s3: S3Client, name: string, owner: string): Promise<BucketSize> {
  let objects = 0;
  let bytes = 0;
  let isComplete = true;
  for await (const page of versionPages(s3, name, owner)) {
    objects += page.length;
    bytes += page.reduce((sum, { size }) => sum + size, 0);
    isComplete = objects < MAX_COUNTED;
    if (!isComplete) break;
  }
  return { name, objects, bytes, uploads: (await listUploads(s3, name, owner)).length, isComplete };
}

function toUpload({ Key, UploadId }: MultipartUpload, decode: (key: string) => string): Upload[] {
  return Key === undefined || UploadId === undefined ? [] : [{ Key: decode(Key), UploadId }];
}

/** S3 encodes as forms do: a blank is a plus sign. */
function decoder(encoding: string | undefined): (key: string) => string {
  return encoding === 'url' ? (key) => decodeURIComponent(key.replaceAll('+', ' ')) : (key) => key;
}

function ignoreNoBucket(error: unknown): undefined {
  if (isNotFound(error, ['NoSuchBucket'])) return undefined;
  throw error;
}

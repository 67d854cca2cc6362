import { type S3 } from '@aws-sdk/client-s3';
import { ignoreNotFound } from '../aws/aws-errors';

/** One version of an object, or a delete marker. */
export interface Version {
  readonly Key: string;
  readonly VersionId: string;
  /** Bytes; 0 for a delete marker. */
  readonly size: number;
}

export interface Upload {
  readonly Key: string;
  readonly UploadId: string | undefined;
}

export interface BucketSize {
  readonly name: string;
  /** Versions and delete markers. */
  readonly objects: number;
  readonly bytes: number;
  readonly uploads: number;
  /** False when the count stopped at its limit. */
  readonly isComplete: boolean;
  readonly unreadable?: string;
}

/** Limits the count to about 20 s: a request for 1,000 versions takes about 100 ms. */
const MAX_COUNTED = 200_000;

interface Page {
  readonly IsTruncated?: boolean | undefined;
  readonly EncodingType?: string | undefined;
  readonly NextKeyMarker?: string | undefined;
}

/** The SDK has no paginators for these lists. A bucket that does not exist has no pages. */
async function* listPages<P extends Page>(
  list: (KeyMarker: string | undefined, last: P | undefined) => Promise<P>,
): AsyncGenerator<P> {
  let last: P | undefined;
  do {
    const { NextKeyMarker } = last ?? {};
    const marker = NextKeyMarker === undefined ? undefined : decodeKey(NextKeyMarker, last);
    last = await ignoreNotFound(list(marker, last), 'NoSuchBucket');
    if (last !== undefined) yield last;
  } while (last?.IsTruncated === true);
}

/** Keys may contain characters that XML does not allow. In URL-encoded keys a space is a plus sign. */
function decodeKey(key: string, page: Page | undefined): string {
  return page?.EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
}

/** All versions and delete markers, in pages of up to 1,000. */
export async function* versionPages(s3: S3, Bucket: string, owner: string): AsyncGenerator<Version[]> {
  const request = { Bucket, ExpectedBucketOwner: owner, EncodingType: 'url' as const };
  const pages = listPages<Awaited<ReturnType<typeof listVersions>>>(listVersions);
  for await (const page of pages) {
    const markers = (page.DeleteMarkers ?? []).map((marker) => ({ ...marker, Size: 0 }));
    yield [...(page.Versions ?? []), ...markers].map(({ Key = '', VersionId = 'null', Size = 0 }) => ({
      Key: decodeKey(Key, page),
      VersionId,
      size: Size,
    }));
  }
  function listVersions(KeyMarker?: string, last?: { readonly NextVersionIdMarker?: string | undefined }) {
    const VersionIdMarker = last?.NextVersionIdMarker;
    return s3.listObjectVersions({ ...request, KeyMarker, VersionIdMarker });
  }
}

export async function listUploads(s3: S3, Bucket: string, owner: string): Promise<Upload[]> {
  const request = { Bucket, ExpectedBucketOwner: owner, EncodingType: 'url' as const };
  const found: Upload[] = [];
  for await (const page of listPages<Awaited<ReturnType<typeof list>>>(list)) {
    found.push(
      ...(page.Uploads ?? []).map(({ Key = '', UploadId }) => ({ Key: decodeKey(Key, page), UploadId })),
    );
  }
  return found;
  function list(KeyMarker?: string, last?: { readonly NextUploadIdMarker?: string | undefined }) {
    const UploadIdMarker = last?.NextUploadIdMarker;
    return s3.listMultipartUploads({ ...request, KeyMarker, UploadIdMarker });
  }
}

/** Counts the objects, bytes and incomplete uploads of a bucket. */
export async function measureBucket(s3: S3, name: string, owner: string): Promise<BucketSize> {
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

import { S3 } from '@aws-sdk/client-s3';
import { ERROR_PREFIX } from '../../stacks/clicklogger-permissions';
import { COVID_PREFIXES } from '../../stacks/covid-permissions';
import { ignoreNotFound } from '../aws/aws-errors';
import type { Target } from '../aws/target';

/** spark-jobs/loggregator/…/ReportStore.scala. */
const REJECTED_CLICKS = 'rejected/';

/** Rejected records in a folder of a bucket. */
export interface ErrorObjects {
  /** `s3://bucket/prefix/` */
  readonly uri: string;
  readonly what: string;
  /** At most 1,000. */
  readonly count: number;
  readonly hasMore: boolean;
  readonly newest: { readonly key: string; readonly at: Date | undefined } | undefined;
}

/** Counts the objects with records that Firehose could not convert or the jobs rejected, in existing buckets. */
export async function findErrorObjects(target: Target): Promise<ErrorObjects[]> {
  const { names } = target;
  const places = [
    ['firehose-delivery', ERROR_PREFIX, 'clicks that Firehose could not convert'],
    ['loggregator-output', REJECTED_CLICKS, 'records that the click job rejected'],
    ['covid-data', COVID_PREFIXES.rejected, 'rows that the covid job rejected'],
  ] as const;
  const found = await Promise.all(
    places.map(([purpose, prefix, what]) => count(target, names.bucket(purpose), prefix, what)),
  );
  return found.filter((objects) => objects !== undefined);
}

async function count(
  { client }: Target,
  bucket: string,
  prefix: string,
  what: string,
): Promise<ErrorObjects | undefined> {
  const page = await ignoreNotFound(
    client(S3).listObjectsV2({ Bucket: bucket, Prefix: prefix }),
    'NoSuchBucket',
  );
  if (page === undefined) return undefined;
  // S3A leaves empty objects as markers of folders.
  const objects = (page.Contents ?? []).filter(({ Size = 0 }) => Size > 0);
  const newest = objects
    .map(({ Key = '', LastModified }) => ({ key: Key, at: LastModified }))
    .sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0))
    .at(-1);
  const uri = `s3://${bucket}/${prefix}`;
  return { uri, what, count: objects.length, hasMore: page.IsTruncated ?? false, newest };
}

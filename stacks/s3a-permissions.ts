import type { PolicyStatement } from '../constructs/support/policy-document';

/** Actions to create or replace objects, including multipart uploads. */
export const UPLOAD_ACTIONS = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject'];

/**
 * Actions of a Spark job in the folders that it writes. The S3 connector of EMR 7.10 and later (S3A) sends HEAD for every path,
 * keeps directory markers, and uses multipart uploads.
 */
export const REPLACE_ACTIONS = [...UPLOAD_ACTIONS, 's3:DeleteObject', 's3:GetObject'].sort();

/**
 * The magic committer of S3A lists the pending uploads of its destination.
 *
 * @see https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html
 */
export function listPendingUploads(bucketArn: string): PolicyStatement {
  return { sid: 'ListPendingUploads', actions: ['s3:ListBucketMultipartUploads'], resources: [bucketArn] };
}

/**
 * Permission to list folders of a bucket, so that S3 returns 404, not 403, for missing objects in them.
 *
 * @param prefixes allowed prefix patterns
 */
export function listFolders(sid: string, bucketArn: string, prefixes: readonly string[]): PolicyStatement {
  return {
    sid,
    actions: ['s3:ListBucket'],
    resources: [bucketArn],
    // IfExists: a HEAD request has no prefix, and without this permission S3 returns 403, not 404.
    conditions: { StringLikeIfExists: { 's3:prefix': prefixes } },
  };
}

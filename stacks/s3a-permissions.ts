import type { PolicyStatement } from '../constructs/support/policy-document';

/** To create or replace objects, in parts when they are large. */
export const UPLOAD_ACTIONS = ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 's3:PutObject'];

/**
 * What a Spark job does with the objects below the folders that it writes: the S3 connector of EMR 7.10 and later (S3A)
 * sends HEAD for every path, keeps directory markers, and uploads in parts.
 */
export const REPLACE_ACTIONS = [...UPLOAD_ACTIONS, 's3:DeleteObject', 's3:GetObject'].sort();

/**
 * S3A's magic committer lists the uploads that are pending below its destination.
 *
 * @see https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html
 */
export function listPendingUploads(bucketArn: string): PolicyStatement {
  return { sid: 'ListPendingUploads', actions: ['s3:ListBucketMultipartUploads'], resources: [bucketArn] };
}

/**
 * To list folders of a bucket, and to get 404, not 403, for what is missing in them.
 *
 * @param prefixes patterns of what may be listed
 */
export function listFolders(sid: string, bucketArn: string, prefixes: readonly string[]): PolicyStatement {
  return {
    sid,
    actions: ['s3:ListBucket'],
    resources: [bucketArn],
    // IfExists: a HEAD on a folder names no prefix, and without this permission S3 answers it with 403, not 404.
    conditions: { StringLikeIfExists: { 's3:prefix': prefixes } },
  };
}

import type { PolicyStatement } from '../constructs/support/policy-document';

/**
 * What a Spark job does with the objects below the folders that it writes: the S3 connector of EMR 7.10 and later (S3A)
 * sends HEAD for every path, keeps directory markers, and uploads in parts.
 */
const WRITE_ACTIONS = [
  's3:AbortMultipartUpload',
  's3:DeleteObject',
  's3:GetObject',
  's3:ListMultipartUploadParts',
  's3:PutObject',
];

/**
 * To write below folders of a bucket with S3A and its magic committer, which lists the uploads that are pending below
 * the destination. Listing the objects themselves needs a statement of its own.
 *
 * @param objectArns ARN patterns of what may be written
 * @see https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html
 */
export function writeWithS3a(
  sid: string,
  bucketArn: string,
  objectArns: readonly string[],
): PolicyStatement[] {
  return [
    { sid, actions: WRITE_ACTIONS, resources: objectArns },
    { sid: 'ListPendingUploads', actions: ['s3:ListBucketMultipartUploads'], resources: [bucketArn] },
  ];
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

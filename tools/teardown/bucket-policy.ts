import { type S3 } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { ignoreNotFound, isNotFound } from '../aws/aws-errors';

const policySchema = z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) });

const SID = 'CleanupDeniesWrites';

/** Denies new objects in the bucket to everyone, and keeps the statements that its policy has. False when that is not allowed. */
export async function denyWrites(
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
    // Emptying works without it, unless somebody keeps writing.
    if (isNotFound(error, ['AccessDenied', 'MethodNotAllowed', 'MalformedPolicy'])) return false;
    throw error;
  }
}

/** The policy with our statement, once. */
export function withDenial(bucketArn: string, policy: string | undefined): string {
  const parsed: unknown =
    policy === undefined ? { Version: '2012-10-17', Statement: [] } : JSON.parse(policy);
  const { Statement, ...rest } = policySchema.parse(parsed);
  const Resource = `${bucketArn}/*`;
  const denial = { Sid: SID, Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource };
  return JSON.stringify({ ...rest, Statement: [...Statement.filter(({ Sid }) => Sid !== SID), denial] });
}

import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type LifecycleRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { unlessAbsent } from './cleanup/absence';

interface OwnBucket {
  readonly Bucket: string;
  /** S3 refuses every call when the bucket belongs to another account. */
  readonly ExpectedBucketOwner: string;
}

/** One thing that protects a state. */
interface Protection {
  readonly title: string;
  readonly isSet: (s3: S3Client, bucket: OwnBucket) => Promise<boolean>;
  readonly put: (s3: S3Client, bucket: OwnBucket, arn: string) => Promise<unknown>;
}

const NOBODY = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
};

const publicAccess: Protection = {
  title: 'no public access',
  isSet: async (s3, bucket) => {
    const call = s3.send(new GetPublicAccessBlockCommand(bucket));
    const found = await unlessAbsent(call, 'NoSuchPublicAccessBlockConfiguration');
    const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } =
      found?.PublicAccessBlockConfiguration ?? {};
    return [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets].every(Boolean);
  },
  put: (s3, bucket) =>
    s3.send(new PutPublicAccessBlockCommand({ ...bucket, PublicAccessBlockConfiguration: NOBODY })),
};

const versioning: Protection = {
  title: 'versioning',
  isSet: async (s3, bucket) => (await s3.send(new GetBucketVersioningCommand(bucket))).Status === 'Enabled',
  put: (s3, bucket) =>
    s3.send(new PutBucketVersioningCommand({ ...bucket, VersioningConfiguration: { Status: 'Enabled' } })),
};

/** Of any kind: somebody may have chosen a key of KMS. */
const encryption: Protection = {
  title: 'encryption',
  isSet: async (s3, bucket) => {
    const call = s3.send(new GetBucketEncryptionCommand(bucket));
    const found = await unlessAbsent(call, 'ServerSideEncryptionConfigurationNotFoundError');
    const { Rules = [] } = found?.ServerSideEncryptionConfiguration ?? {};
    return Rules.some(({ ApplyServerSideEncryptionByDefault: rule }) => rule?.SSEAlgorithm !== undefined);
  },
  put: (s3, bucket) => {
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
    return s3.send(
      new PutBucketEncryptionCommand({ ...bucket, ServerSideEncryptionConfiguration: { Rules } }),
    );
  },
};

const policySchema = z.looseObject({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) });

type Policy = z.infer<typeof policySchema>;

const TLS_SID = 'StateOverTlsOnly';

function tlsStatement(arn: string): Policy['Statement'][number] {
  return {
    Sid: TLS_SID,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

async function policyOf(s3: S3Client, bucket: OwnBucket): Promise<Policy> {
  const found = await unlessAbsent(s3.send(new GetBucketPolicyCommand(bucket)), 'NoSuchBucketPolicy');
  return found?.Policy === undefined
    ? { Version: '2012-10-17', Statement: [] }
    : policySchema.parse(JSON.parse(found.Policy));
}

const tls: Protection = {
  title: 'TLS only',
  isSet: async (s3, bucket) => {
    const { Statement } = await policyOf(s3, bucket);
    return Statement.some(({ Sid }) => Sid === TLS_SID);
  },
  put: async (s3, bucket, arn) => {
    // What others have stated stays.
    const policy = await policyOf(s3, bucket);
    const Statement = [...policy.Statement, tlsStatement(arn)];
    return s3.send(
      new PutBucketPolicyCommand({ ...bucket, Policy: JSON.stringify({ ...policy, Statement }) }),
    );
  },
};

/** Long enough to notice a state that went wrong; the newest ten stay however old they are. */
const RULE: LifecycleRule = {
  ID: 'old-states',
  Status: 'Enabled',
  Filter: { Prefix: '' },
  NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 10 },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
};

async function rulesOf(s3: S3Client, bucket: OwnBucket): Promise<LifecycleRule[]> {
  const call = s3.send(new GetBucketLifecycleConfigurationCommand(bucket));
  return (await unlessAbsent(call, 'NoSuchLifecycleConfiguration'))?.Rules ?? [];
}

const lifecycle: Protection = {
  title: 'old versions kept for 90 days, ten at least',
  isSet: async (s3, bucket) => (await rulesOf(s3, bucket)).some(({ ID }) => ID === RULE.ID),
  put: async (s3, bucket) => {
    const Rules = [...(await rulesOf(s3, bucket)), RULE];
    return s3.send(
      new PutBucketLifecycleConfigurationCommand({ ...bucket, LifecycleConfiguration: { Rules } }),
    );
  },
};

/** In this order: nobody else gets in before anything is stored. */
export const PROTECTIONS: readonly Protection[] = [publicAccess, versioning, encryption, tls, lifecycle];

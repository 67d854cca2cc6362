import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { S3BucketLoggingA } from '@cdktf/provider-aws/lib/s3-bucket-logging';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';
import type { DataKey } from './data-key';
import { policyDocument, type PolicyStatement } from './support/policy-document';

export interface PrivateBucketProps {
  readonly bucketName: string;
  /** ARN of the bucket, computed from its name so that a plan shows policies in full. */
  readonly bucketArn: string;
  /** Whether Terraform may delete the bucket when it contains objects. */
  readonly forceDestroy: boolean;
  /**
   * Key that encrypts the objects.
   * @default SSE-S3
   */
  readonly key?: DataKey | undefined;
  /**
   * Bucket that receives the server access logs.
   * @default no logs
   */
  readonly accessLogs?: PrivateBucket | undefined;
  /**
   * Buckets of this account (ARN pattern) whose server access logs are stored in this bucket, which requires SSE-S3.
   * @default none
   */
  readonly logsOf?: { readonly accountId: string; readonly bucketArns: string };
  /**
   * Keep noncurrent versions for 30 days: for objects that cannot be created again.
   * @default false
   */
  readonly versioned?: boolean;
  /**
   * Days after which an object expires.
   * @default no expiration
   */
  readonly expireDays?: number;
  /**
   * Folder of a versioned bucket whose objects expire after this many days, and their noncurrent versions a day later.
   * @default none
   */
  readonly temporary?: { readonly prefix: string; readonly days: number };
}

const NONCURRENT_DAYS = 30;

/** Parts of an incomplete upload are billed until they are deleted. */
const ABANDONED_UPLOAD_DAYS = 2;

/** Encrypted bucket without public access that requires TLS. */
export class PrivateBucket extends Construct {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Encryption attributes for an object of the bucket. */
  readonly encryption: { readonly serverSideEncryption: string; readonly kmsKeyId?: string };
  /** Dependency for resources that use the bucket by its computed name. */
  readonly resource: S3Bucket;
  private readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    this.bucketName = props.bucketName;
    this.bucketArn = props.bucketArn;
    this.resource = new S3Bucket(this, 'Resource', {
      bucket: props.bucketName,
      forceDestroy: props.forceDestroy,
      ...(props.key && { dependsOn: [props.key.resource] }),
    });
    this.blockPublicAccess();
    this.encryption =
      props.key === undefined
        ? { serverSideEncryption: 'AES256' }
        : { serverSideEncryption: 'aws:kms', kmsKeyId: props.key.keyArn };
    this.encrypt();
    if (props.accessLogs !== undefined) this.log(props.accessLogs);
    const versioning = props.versioned === true ? [this.version()] : [];
    this.expire(props, versioning);
    this.policy = this.setPolicy(props.logsOf);
  }

  /** URI of `key` in this bucket. */
  uri(key = ''): string {
    return `s3://${this.bucketName}/${key}`;
  }

  private blockPublicAccess(): void {
    new S3BucketPublicAccessBlock(this, 'PublicAccessBlock', {
      bucket: this.resource.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'Ownership', {
      bucket: this.resource.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
  }

  private encrypt(): void {
    const { serverSideEncryption: sseAlgorithm, kmsKeyId: kmsMasterKeyId } = this.encryption;
    new S3BucketServerSideEncryptionConfigurationA(this, 'Encryption', {
      bucket: this.resource.id,
      rule: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm, ...(kmsMasterKeyId && { kmsMasterKeyId }) },
          // Reduces the number of KMS requests, which are billed.
          ...(kmsMasterKeyId && { bucketKeyEnabled: true }),
        },
      ],
    });
  }

  private log(target: PrivateBucket): void {
    new S3BucketLoggingA(this, 'AccessLog', {
      bucket: this.resource.id,
      targetBucket: target.resource.id,
      targetPrefix: `${this.bucketName}/`,
      dependsOn: [target.policy],
    });
  }

  private version(): S3BucketVersioningA {
    return new S3BucketVersioningA(this, 'Versioning', {
      bucket: this.resource.id,
      versioningConfiguration: { status: 'Enabled' },
    });
  }

  private expire(props: PrivateBucketProps, versioning: S3BucketVersioningA[]): void {
    const { expireDays, temporary } = props;
    new S3BucketLifecycleConfiguration(this, 'Lifecycle', {
      bucket: this.resource.id,
      rule: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: ABANDONED_UPLOAD_DAYS }],
          ...(expireDays !== undefined && { expiration: [{ days: expireDays }] }),
          ...(versioning.length > 0 && {
            noncurrentVersionExpiration: [{ noncurrentDays: NONCURRENT_DAYS }],
          }),
        },
        ...(temporary === undefined
          ? []
          : [
              {
                id: 'temporary',
                status: 'Enabled',
                filter: [{ prefix: temporary.prefix }],
                expiration: [{ days: temporary.days }],
                noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
              },
            ]),
      ],
      // S3 rejects rules for noncurrent versions until versioning is enabled.
      dependsOn: versioning,
    });
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html */
  private takeLogs({ accountId, bucketArns }: NonNullable<PrivateBucketProps['logsOf']>): PolicyStatement {
    return {
      sid: 'TakeAccessLogs',
      principals: { Service: 'logging.s3.amazonaws.com' },
      actions: ['s3:PutObject'],
      resources: [`${this.bucketArn}/*`],
      conditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: { 'aws:SourceArn': bucketArns },
      },
    };
  }

  private setPolicy(logsOf: PrivateBucketProps['logsOf']): S3BucketPolicy {
    return new S3BucketPolicy(this, 'Policy', {
      bucket: this.resource.id,
      policy: policyDocument([
        {
          sid: 'DenyPlainHttp',
          effect: 'Deny',
          principals: { AWS: '*' },
          actions: ['s3:*'],
          resources: [this.bucketArn, `${this.bucketArn}/*`],
          conditions: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        ...(logsOf === undefined ? [] : [this.takeLogs(logsOf)]),
      ]),
    });
  }
}

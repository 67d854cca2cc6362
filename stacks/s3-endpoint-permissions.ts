import type { PolicyStatement } from '../constructs/support/policy-document';
import { REPLACE_ACTIONS } from './s3a-permissions';

export interface S3EndpointScope {
  readonly region: string;
  /** ARN of a bucket from its name. */
  readonly bucketArn: (bucketName: string) => string;
  readonly accountId: string;
  /** ARNs of the buckets of the project that the network can access. */
  readonly bucketArns: readonly string[];
}

const BUCKET_ACTIONS = ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'];

const EVERYONE = { AWS: '*' };

/**
 * Policy of the S3 gateway endpoint of a network with EMR clusters. It allows requests of this account to the buckets of the
 * project, and requests of EMR 7 clusters to buckets of AWS. The latter have no principal condition: package downloads are
 * unsigned, and EMR stores its own logs with its own credentials.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/private-subnet-iampolicy.html
 */
export function s3EndpointStatements(scope: S3EndpointScope): PolicyStatement[] {
  const { region, bucketArn, accountId, bucketArns } = scope;
  const objects = (bucketName: string): string => `${bucketArn(bucketName)}/*`;
  return [
    {
      sid: 'UseOurBuckets',
      principals: EVERYONE,
      actions: [...REPLACE_ACTIONS, ...BUCKET_ACTIONS],
      resources: bucketArns.flatMap((arn) => [arn, `${arn}/*`]),
      conditions: { StringEquals: { 'aws:PrincipalAccount': accountId } },
    },
    {
      sid: 'InstallPackages',
      principals: EVERYONE,
      actions: ['s3:GetObject'],
      resources: [objects(`al2023-repos-${region}-de612dc2`), objects(`repo.${region}.emr.amazonaws.com`)],
    },
    {
      sid: 'WriteLogsOfEmr',
      principals: EVERYONE,
      actions: ['s3:PutObject', 's3:PutObjectAcl'],
      resources: [objects(region === 'us-east-1' ? 'aws157-logs-prod' : `aws157-logs-prod-${region}`)],
    },
    {
      sid: 'KeepSparkHistoryOfEmr',
      principals: EVERYONE,
      actions: [
        's3:AbortMultipartUpload',
        's3:GetObject',
        's3:ListMultipartUploadParts',
        's3:PutObject',
        's3:PutObjectAcl',
      ],
      resources: [objects(`prod.${region}.appinfo.src`)],
    },
  ];
}

import { LINKED_ROLES, type LinkedRole } from '../config/linked-roles';
import { passRole, type PolicyStatement } from '../constructs/support/policy-document';
import { listFolders, listPendingUploads, REPLACE_ACTIONS } from './s3a-permissions';

/** Folders of the data bucket. */
export const COVID_PREFIXES = {
  raw: 'raw/',
  processed: 'processed/',
  rejected: 'rejected/',
  table: 'curated/covid_report/',
};

/** Parent folder of the tables, which jobs write. */
const CURATED_PREFIX = 'curated/';

/** Folders of the artifacts bucket. */
export const SCRIPT_PREFIX = 'scripts/';
export const CLUSTER_LOG_PREFIX = 'logs/';

function keyStatement(keyArn: string): PolicyStatement {
  return {
    sid: 'UseDiskKey',
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ],
    resources: [keyArn],
  };
}

export interface ServiceRoleScope {
  readonly instanceRoleArn: string;
  readonly keyArn: string | undefined;
  readonly spot: boolean;
  /** ARN of a role of this account from its path and name. */
  readonly roleArn: (name: string) => string;
}

/**
 * Permissions of EMR in addition to its managed policy, which allows PassRole only for the default role names, and does not allow
 * EMR to create the service-linked role for Spot Instances.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-role.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
 */
export function serviceRoleStatements(scope: ServiceRoleScope): PolicyStatement[] {
  const { instanceRoleArn, keyArn, spot, roleArn } = scope;
  return [
    passRole('PassInstanceRole', instanceRoleArn, 'ec2'),
    ...(spot ? [linkedRoleStatement('CreateSpotRole', LINKED_ROLES.spot, roleArn)] : []),
    ...(keyArn === undefined ? [] : [keyStatement(keyArn), grantStatement(keyArn)]),
  ];
}

function grantStatement(keyArn: string): PolicyStatement {
  return {
    sid: 'GrantDiskKey',
    actions: ['kms:CreateGrant'],
    resources: [keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  };
}

export interface InstanceRoleScope {
  readonly dataBucketArn: string;
  readonly artifactsBucketArn: string;
  readonly keyArn: string | undefined;
  /** Permissions of the CloudWatch agent; empty when logs go only to S3. */
  readonly agent: readonly PolicyStatement[];
}

/** Permissions of the nodes and the Spark jobs: read raw/ and scripts/, write results and logs. */
export function instanceRoleStatements(scope: InstanceRoleScope): PolicyStatement[] {
  const { dataBucketArn, artifactsBucketArn, keyArn, agent } = scope;
  const written = [COVID_PREFIXES.processed, COVID_PREFIXES.rejected, CURATED_PREFIX];
  const folders = [COVID_PREFIXES.raw, ...written].map((prefix) => prefix.slice(0, -1));
  const listed = folders.flatMap((folder) => [folder, `${folder}/*`]);
  return [
    { sid: 'ReadRaw', actions: ['s3:GetObject'], resources: [`${dataBucketArn}/${COVID_PREFIXES.raw}*`] },
    {
      sid: 'LookForFolders',
      actions: ['s3:GetObject'],
      // Hadoop sends HEAD for a folder; without the permission S3 returns 403 instead of 404, and the job fails.
      resources: folders.map((folder) => `${dataBucketArn}/${folder}`),
    },
    { sid: 'ReadScripts', actions: ['s3:GetObject'], resources: [`${artifactsBucketArn}/${SCRIPT_PREFIX}*`] },
    {
      sid: 'WriteResults',
      actions: REPLACE_ACTIONS,
      resources: written.map((prefix) => `${dataBucketArn}/${prefix}*`),
    },
    listPendingUploads(dataBucketArn),
    listFolders('ListData', dataBucketArn, listed),
    {
      // The lifecycle rule of the bucket deletes failed uploads.
      sid: 'WriteClusterLogs',
      actions: ['s3:PutObject'],
      resources: [`${artifactsBucketArn}/${CLUSTER_LOG_PREFIX}*`],
    },
    ...(keyArn === undefined ? [] : [keyStatement(keyArn)]),
    ...agent,
  ];
}

/**
 * Permissions that EMR documents for the CloudWatch agent, on one log group and without `logs:CreateLogGroup`: the group exists.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-plan-logging-cw.html
 */
export function agentStatements(logGroupArn: string): PolicyStatement[] {
  return [
    {
      sid: 'StreamLogs',
      actions: [
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:PutLogEvents',
        'logs:PutRetentionPolicy',
      ],
      resources: [`${logGroupArn}:*`],
    },
    {
      sid: 'FindLogGroup',
      actions: ['logs:DescribeLogGroups'],
      resources: ['*'],
      wildcardReason: 'IAM checks DescribeLogGroups on every resource',
    },
  ];
}

/**
 * EMR creates this role with the first cluster of an account, with the permissions of the caller of RunJobFlow.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/using-service-linked-roles-cleanup.html
 * @param roleArn ARN of a role of this account from its path and name
 */
export function cleanupRoleStatement(roleArn: (name: string) => string): PolicyStatement {
  return linkedRoleStatement('CreateCleanupRole', LINKED_ROLES.emrCleanup, roleArn);
}

function linkedRoleStatement(
  sid: string,
  { service, name }: LinkedRole,
  roleArn: (name: string) => string,
): PolicyStatement {
  return {
    sid,
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [roleArn(`aws-service-role/${service}/${name}`)],
    conditions: { StringEquals: { 'iam:AWSServiceName': service } },
  };
}

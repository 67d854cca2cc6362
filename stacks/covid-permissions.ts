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

/** Folder above the table; the jobs write there only. */
const CURATED_PREFIX = 'curated/';

/** Folders of the artifacts bucket. */
export const SCRIPT_PREFIX = 'scripts/';
export const CLUSTER_LOG_PREFIX = 'logs/';

/** What a role that uses encrypted disks does with their key. */
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
  /** Whether workers are Spot instances. */
  readonly spot: boolean;
  /** ARN of a role of this account from its path and name. */
  readonly roleArn: (name: string) => string;
}

/**
 * What EMR itself may do in addition to its managed policy, whose PassRole covers only the default roles' names, and
 * which does not allow to create the role without which an account has no Spot instances.
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
  /** What CloudWatch's agent needs; nothing when logs go to S3 only. */
  readonly agent: readonly PolicyStatement[];
}

/** What the nodes of the cluster, and so the Spark jobs, may do: read raw/ and scripts/, write results and logs. */
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
      // Hadoop asks whether a folder is a file; S3 would answer 403 instead of 404, which ends the job.
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
      // An upload that fails is ended by the bucket's lifecycle.
      sid: 'WriteClusterLogs',
      actions: ['s3:PutObject'],
      resources: [`${artifactsBucketArn}/${CLUSTER_LOG_PREFIX}*`],
    },
    ...(keyArn === undefined ? [] : [keyStatement(keyArn)]),
    ...agent,
  ];
}

/**
 * What EMR's documentation requires for CloudWatch's agent, on our log group only, and without
 * `logs:CreateLogGroup`: the agent creates a group only when there is none, and Terraform owns ours.
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
 * EMR makes this role in an account's first cluster with the permissions of whoever asks for the cluster.
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

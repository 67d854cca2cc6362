import type { PolicyStatement } from '../constructs/support/policy-document';
import { readLogs } from './monitoring-permissions';
import { listFolders, listPendingUploads, UPLOAD_ACTIONS } from './s3a-permissions';

/** Folder of the Parquet files in the delivery bucket, with one folder for each day of arrival. */
export const CLICK_PREFIX = 'clicklog/';
/** Folder of records that Firehose could not convert or deliver. */
export const ERROR_PREFIX = 'errors/';
/** Folder of rejected rows in the output bucket. */
const REJECTED_PREFIX = 'rejected/';
/** Folder of the jars in the source bucket. */
export const JAR_PREFIX = 'jobs/';
/** Folder of the logs of job runs, which EMR Serverless defines. */
export const JOB_LOG_PREFIX = 'applications/';

const TAGGED_FOR_EMR = {
  StringEquals: { 'aws:ResourceTag/for-use-with-amazon-emr-managed-policies': 'true' },
};

/** ARNs of the buckets that the roles use. */
export interface BucketArns {
  readonly delivery: string;
  readonly source: string;
  readonly output: string;
  readonly logs: string;
}

/** Permissions of the Spark job: read the jar and the clicks, write reports, rejected rows and its log. */
export function jobRoleStatements({ delivery, source, output, logs }: BucketArns): PolicyStatement[] {
  return [
    { sid: 'ReadJar', actions: ['s3:GetObject'], resources: [`${source}/${JAR_PREFIX}*`] },
    listFolders('ListJars', source, [`${JAR_PREFIX}*`]),
    { sid: 'ReadClicks', actions: ['s3:GetObject'], resources: [`${delivery}/${CLICK_PREFIX}*`] },
    listFolders('ListClicks', delivery, [CLICK_PREFIX.slice(0, -1), `${CLICK_PREFIX}*`]),
    // No DeleteObject: one request replaces a report, and the job must not delete other reports.
    { sid: 'ReplaceReport', actions: UPLOAD_ACTIONS, resources: [`${output}/*/response.md`] },
    {
      sid: 'ReplaceRejectedRows',
      actions: [...UPLOAD_ACTIONS, 's3:DeleteObject'],
      resources: [`${output}/${REJECTED_PREFIX}*`],
    },
    // All paths: without the permission S3 returns 403 instead of 404 for a missing object, and the job fails.
    { sid: 'ReadReports', actions: ['s3:GetObject'], resources: [`${output}/*`] },
    listPendingUploads(output),
    { sid: 'ListReports', actions: ['s3:ListBucket'], resources: [output] },
    { sid: 'WriteJobLogs', actions: ['s3:PutObject'], resources: [`${logs}/${JOB_LOG_PREFIX}*`] },
  ];
}

/** Permissions of the status Lambda: read job runs of this application and their logs. */
export function statusRoleStatements(applicationArn: string, logsBucketArn: string): PolicyStatement[] {
  return [
    { sid: 'GetJobRun', actions: ['emr-serverless:GetJobRun'], resources: [`${applicationArn}/jobruns/*`] },
    ...readLogs(logsBucketArn, JOB_LOG_PREFIX),
  ];
}

/**
 * Permissions of EMR Studio for workspaces in a network and security groups of the stack.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-service-role.html
 * @param ec2Arn ARN of an EC2 resource of this account and region, e.g. `subnet/*`
 */
export function studioRoleStatements(
  studioBucketArn: string,
  ec2Arn: (resource: string) => string,
): PolicyStatement[] {
  const interfaces = ec2Arn('network-interface/*');
  return [
    {
      sid: 'KeepWorkspaces',
      actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      resources: [`${studioBucketArn}/*`],
    },
    {
      sid: 'FindWorkspaces',
      actions: ['s3:GetEncryptionConfiguration', 's3:ListBucket'],
      resources: [studioBucketArn],
    },
    {
      sid: 'CreateTaggedInterface',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [interfaces],
      conditions: { StringEquals: { 'aws:RequestTag/for-use-with-amazon-emr-managed-policies': 'true' } },
    },
    {
      sid: 'CreateInterfaceInOurNetwork',
      actions: ['ec2:CreateNetworkInterface'],
      resources: [ec2Arn('subnet/*'), ec2Arn('security-group/*')],
      conditions: TAGGED_FOR_EMR,
    },
    {
      sid: 'TagNewInterface',
      actions: ['ec2:CreateTags'],
      resources: [interfaces],
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateNetworkInterface' } },
    },
    {
      sid: 'UseTaggedInterface',
      actions: [
        'ec2:CreateNetworkInterfacePermission',
        'ec2:DeleteNetworkInterface',
        'ec2:ModifyNetworkInterfaceAttribute',
      ],
      resources: [interfaces],
      conditions: TAGGED_FOR_EMR,
    },
    {
      sid: 'AttachOurSecurityGroups',
      actions: ['ec2:ModifyNetworkInterfaceAttribute'],
      resources: [ec2Arn('instance/*'), ec2Arn('security-group/*')],
      conditions: TAGGED_FOR_EMR,
    },
    {
      sid: 'ReadNetwork',
      actions: [
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeTags',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
      wildcardReason: 'the Describe actions of EC2 do not support resources',
    },
  ];
}

import type { PolicyStatement } from '../constructs/support/policy-document';
import { readLogs } from './monitoring-permissions';
import { listFolders, listPendingUploads, UPLOAD_ACTIONS } from './s3a-permissions';

/** Folder of the clicks' Parquet files in the delivery bucket; below it one folder a day of arrival. */
export const CLICK_PREFIX = 'clicklog/';
/** Folder of what Firehose could not convert or deliver. */
export const ERROR_PREFIX = 'errors/';
/** Folder of the rows that a report does not count, in the output bucket. */
const REJECTED_PREFIX = 'rejected/';
/** Folder of the job's jars in the source bucket. */
export const JAR_PREFIX = 'jobs/';
/** Folder in which EMR Serverless stores the logs of its job runs. */
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

/** What the Spark job may do: read the jar and the clicks, write reports, rejected rows and its log. */
export function jobRoleStatements({ delivery, source, output, logs }: BucketArns): PolicyStatement[] {
  return [
    { sid: 'ReadJar', actions: ['s3:GetObject'], resources: [`${source}/${JAR_PREFIX}*`] },
    listFolders('ListJars', source, [`${JAR_PREFIX}*`]),
    { sid: 'ReadClicks', actions: ['s3:GetObject'], resources: [`${delivery}/${CLICK_PREFIX}*`] },
    listFolders('ListClicks', delivery, [CLICK_PREFIX.slice(0, -1), `${CLICK_PREFIX}*`]),
    // No DeleteObject: a report is replaced in one request, and that of another day is not the job's to remove.
    { sid: 'ReplaceReport', actions: UPLOAD_ACTIONS, resources: [`${output}/*/response.md`] },
    {
      sid: 'ReplaceRejectedRows',
      actions: [...UPLOAD_ACTIONS, 's3:DeleteObject'],
      resources: [`${output}/${REJECTED_PREFIX}*`],
    },
    // Of every path: S3 would answer 403 instead of 404 for one that is missing, which ends the job.
    { sid: 'ReadReports', actions: ['s3:GetObject'], resources: [`${output}/*`] },
    listPendingUploads(output),
    { sid: 'ListReports', actions: ['s3:ListBucket'], resources: [output] },
    { sid: 'WriteJobLogs', actions: ['s3:PutObject'], resources: [`${logs}/${JOB_LOG_PREFIX}*`] },
  ];
}

/** What the status Lambda may do: read one job run of this application, and read its logs. */
export function statusRoleStatements(applicationArn: string, logsBucketArn: string): PolicyStatement[] {
  return [
    { sid: 'GetJobRun', actions: ['emr-serverless:GetJobRun'], resources: [`${applicationArn}/jobruns/*`] },
    ...readLogs(logsBucketArn, JOB_LOG_PREFIX),
  ];
}

/**
 * What EMR Studio needs for workspaces in our own network and security groups.
 *
 * @see https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-service-role.html
 * @param ec2Arn ARN of a kind of EC2 resource of this account and region, e.g. `subnet/*`
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

import type { Permission } from './role-policies';

/** Why roles keep permissions that no scenario on the local AWS needs. */
export interface WrittenReason {
  /** Purposes in the roles' names. */
  readonly roles: readonly string[];
  readonly sid: string;
  readonly actions: readonly string[];
  readonly reason: string;
  /** URL of what says so. */
  readonly source: string;
}

const FUNCTIONS = [
  ...['ingestion', 'job-status', 'reaper', 'notifier'],
  ...['covid-failure', 'covid-reaper', 'covid-notifier'],
];

const FIREHOSE = {
  reason:
    'Firehose requires it of the role of a stream that converts to Parquet; the local one only puts objects',
  source: 'https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html',
};

const S3A = {
  reason:
    'Large files are uploaded in parts, and S3A ends what a failed task has begun; the data here is too small for parts',
  source: 'https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html',
};

const STUDIO = {
  reason: 'The local AWS creates a Studio but runs no workspace, which is what the role is for',
  source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-service-role.html',
};

const DISK_KEY = {
  reason: 'The local AWS encrypts no disk; EMR requires of both roles that they may use the key',
  source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html',
};

const SEND_TRACES = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** One entry for each group of permissions that have a reason in common. */
export const REASONS: readonly WrittenReason[] = [
  {
    roles: FUNCTIONS,
    sid: 'SendTraces',
    actions: SEND_TRACES,
    reason: 'The local AWS traces nothing; Lambda requires what AWSXRayDaemonWriteAccess allows',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
  },
  {
    roles: ['workflow', 'covid-workflow'],
    sid: 'SendTraces',
    actions: SEND_TRACES,
    reason:
      'The local AWS traces nothing; Step Functions requires these of the role of a machine that it traces',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html',
  },
  {
    roles: ['delivery'],
    sid: 'DeliverObjects',
    actions: ['s3:AbortMultipartUpload', 's3:GetObject'],
    ...FIREHOSE,
  },
  {
    roles: ['delivery'],
    sid: 'FindBucket',
    actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    ...FIREHOSE,
  },
  {
    roles: ['delivery'],
    sid: 'ReadSchema',
    actions: ['glue:GetTable', 'glue:GetTableVersion'],
    ...FIREHOSE,
  },
  {
    roles: ['job'],
    sid: 'WriteReport',
    actions: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ...S3A,
  },
  {
    roles: ['covid-instance'],
    sid: 'WriteResults',
    actions: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    ...S3A,
  },
  {
    roles: ['job', 'covid-instance'],
    sid: 'ListPendingUploads',
    actions: ['s3:ListBucketMultipartUploads'],
    ...S3A,
  },
  {
    roles: ['job'],
    sid: 'ListJars',
    actions: ['s3:ListBucket'],
    reason:
      'How EMR Serverless fetches the jar is not documented; its guide gives the role of a job the list of the bucket',
    source: 'https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html',
  },
  {
    roles: ['covid-service', 'covid-instance'],
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
    ...DISK_KEY,
  },
  {
    roles: ['covid-service'],
    sid: 'GrantDiskKey',
    actions: ['kms:CreateGrant'],
    reason: 'The local AWS encrypts no disk; EC2 needs a grant of the key from who starts an instance',
    source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html',
  },
  {
    roles: ['studio'],
    sid: 'KeepWorkspaces',
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
    ...STUDIO,
  },
  {
    roles: ['studio'],
    sid: 'FindWorkspaces',
    actions: ['s3:GetEncryptionConfiguration', 's3:ListBucket'],
    ...STUDIO,
  },
  {
    roles: ['studio'],
    sid: 'CreateTaggedInterface',
    actions: ['ec2:CreateNetworkInterface'],
    ...STUDIO,
  },
  {
    roles: ['studio'],
    sid: 'CreateInterfaceInOurNetwork',
    actions: ['ec2:CreateNetworkInterface'],
    ...STUDIO,
  },
  { roles: ['studio'], sid: 'TagNewInterface', actions: ['ec2:CreateTags'], ...STUDIO },
  {
    roles: ['studio'],
    sid: 'UseTaggedInterface',
    actions: [
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:ModifyNetworkInterfaceAttribute',
    ],
    ...STUDIO,
  },
  {
    roles: ['studio'],
    sid: 'AttachOurSecurityGroups',
    actions: ['ec2:ModifyNetworkInterfaceAttribute'],
    ...STUDIO,
  },
  {
    roles: ['studio'],
    sid: 'ReadNetwork',
    actions: [
      'ec2:DescribeInstances',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeTags',
      'ec2:DescribeVpcs',
    ],
    ...STUDIO,
  },
];

/** Every permission for which a reason is written, with it. */
export function explainedPermissions(): (Permission & Pick<WrittenReason, 'reason' | 'source'>)[] {
  return REASONS.flatMap(({ roles, sid, actions, reason, source }) =>
    roles.flatMap((role) => actions.map((action) => ({ role, sid, action, reason, source }))),
  );
}

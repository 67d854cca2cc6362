import type { Permission } from './role-policies';

/** Why roles keep permissions that no scenario on the local AWS needs. */
interface WrittenReason {
  /** Purposes in the roles' names. */
  readonly roles: readonly string[];
  /** Actions by the Sid of their statement. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  readonly reason: string;
  /** URL of what says so. */
  readonly source: string;
}

const SEND_TRACES = [
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const UPLOADS_IN_PARTS = {
  reason:
    'Large files are uploaded in parts, and S3A ends what a failed task has begun; no file here is large enough',
  source: 'https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html',
};

export const REASONS: readonly WrittenReason[] = [
  {
    roles: [
      'ingestion',
      'job-status',
      'reaper',
      'notifier',
      'covid-failure',
      'covid-reaper',
      'covid-notifier',
    ],
    permissions: { SendTraces: SEND_TRACES },
    reason: 'The local AWS traces nothing; Lambda requires what AWSXRayDaemonWriteAccess allows',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
  },
  {
    roles: ['workflow', 'covid-workflow'],
    permissions: { SendTraces: SEND_TRACES },
    reason:
      'The local AWS traces nothing; Step Functions requires these of the role of a machine that it traces',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html',
  },
  {
    roles: ['delivery'],
    permissions: {
      DeliverObjects: ['s3:AbortMultipartUpload', 's3:GetObject'],
      FindBucket: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      ReadSchema: ['glue:GetTable', 'glue:GetTableVersion'],
    },
    reason:
      'Firehose requires it of the role of a stream that converts to Parquet; the local one only puts objects',
    source: 'https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html',
  },
  {
    roles: ['job'],
    permissions: {
      ReplaceReport: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      ReplaceRejectedRows: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      ListPendingUploads: ['s3:ListBucketMultipartUploads'],
    },
    ...UPLOADS_IN_PARTS,
  },
  {
    roles: ['covid-instance'],
    permissions: {
      WriteResults: ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      ListPendingUploads: ['s3:ListBucketMultipartUploads'],
    },
    ...UPLOADS_IN_PARTS,
  },
  {
    roles: ['job'],
    permissions: { ListJars: ['s3:ListBucket'] },
    reason:
      'How EMR Serverless fetches the jar is not documented; its guide gives the role of a job the list of the bucket',
    source: 'https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html',
  },
  {
    roles: ['delivery'],
    permissions: { DecryptData: ['kms:Decrypt'] },
    reason:
      'An upload in parts under a key takes it, which Firehose uses for large files; no file here is large',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html',
  },
  {
    roles: ['covid-service', 'covid-instance'],
    permissions: {
      UseDiskKey: [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:Encrypt',
        'kms:GenerateDataKey',
        'kms:GenerateDataKeyWithoutPlaintext',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
      ],
    },
    reason: 'The local AWS encrypts no disk; EMR requires that both roles may use the key',
    source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html',
  },
  {
    roles: ['covid-service'],
    permissions: { GrantDiskKey: ['kms:CreateGrant'] },
    reason: 'The local AWS encrypts no disk; EC2 needs a grant of the key from who starts an instance',
    source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html',
  },
  {
    roles: ['studio'],
    permissions: {
      DecryptData: ['kms:Decrypt'],
      EncryptData: ['kms:GenerateDataKey'],
      KeepWorkspaces: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      FindWorkspaces: ['s3:GetEncryptionConfiguration', 's3:ListBucket'],
      CreateTaggedInterface: ['ec2:CreateNetworkInterface'],
      CreateInterfaceInOurNetwork: ['ec2:CreateNetworkInterface'],
      TagNewInterface: ['ec2:CreateTags'],
      UseTaggedInterface: [
        'ec2:CreateNetworkInterfacePermission',
        'ec2:DeleteNetworkInterface',
        'ec2:ModifyNetworkInterfaceAttribute',
      ],
      AttachOurSecurityGroups: ['ec2:ModifyNetworkInterfaceAttribute'],
      ReadNetwork: [
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeTags',
        'ec2:DescribeVpcs',
      ],
    },
    reason: 'The local AWS creates a Studio but runs no workspace, which is what the role is for',
    source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-service-role.html',
  },
];

/** Every permission for which a reason is written, with it. */
export function explainedPermissions(): (Permission & Pick<WrittenReason, 'reason' | 'source'>)[] {
  return REASONS.flatMap(({ roles, permissions, reason, source }) =>
    roles.flatMap((role) =>
      Object.entries(permissions).flatMap(([sid, actions]) =>
        actions.map((action) => ({ role, sid, action, reason, source })),
      ),
    ),
  );
}

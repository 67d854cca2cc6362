import type { Permission } from './role-policies';

/** Reason for permissions that no scenario on the local AWS needs. */
interface PermissionReason {
  /** Purposes in the names of roles. */
  readonly roles: readonly string[];
  /** Actions by the Sid of their statement. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  readonly reason: string;
  /** URL of the documentation. */
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
    'S3A uses multipart uploads for large files, and aborts the uploads of failed tasks; no file here is large enough',
  source: 'https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/assumed_roles.html',
};

export const REASONS: readonly PermissionReason[] = [
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
    reason: 'The local AWS has no tracing; Lambda requires the permissions of AWSXRayDaemonWriteAccess',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html',
  },
  {
    roles: ['workflow', 'covid-workflow'],
    permissions: { SendTraces: SEND_TRACES },
    reason:
      'The local AWS has no tracing; Step Functions requires them for the role of a traced state machine',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html',
  },
  {
    roles: ['delivery'],
    permissions: {
      DeliverObjects: ['s3:AbortMultipartUpload', 's3:GetObject'],
      FindBucket: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      ReadSchema: ['glue:GetTable', 'glue:GetTableVersion'],
    },
    reason: 'Firehose requires it for a stream with format conversion; the local Firehose only puts objects',
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
      'The download of the jar is not documented; the EMR Serverless guide allows the job role to list the bucket',
    source: 'https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html',
  },
  {
    roles: ['delivery'],
    permissions: { DecryptData: ['kms:Decrypt'] },
    reason:
      'A multipart upload with a KMS key requires it; Firehose uses it for large files, and no file here is large',
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
    reason: 'The local AWS does not encrypt disks; EMR requires the permission for both roles',
    source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html',
  },
  {
    roles: ['covid-service'],
    permissions: { GrantDiskKey: ['kms:CreateGrant'] },
    reason: 'The local AWS does not encrypt disks; the caller of RunInstances must create a grant for EC2',
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
    reason: 'The role is for workspaces of EMR Studio, which the local AWS does not run',
    source: 'https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-studio-service-role.html',
  },
];

export function explainedPermissions(): (Permission & Pick<PermissionReason, 'reason' | 'source'>)[] {
  return REASONS.flatMap(({ roles, permissions, reason, source }) =>
    roles.flatMap((role) =>
      Object.entries(permissions).flatMap(([sid, actions]) =>
        actions.map((action) => ({ role, sid, action, reason, source })),
      ),
    ),
  );
}

import type { PolicyStatement } from '../constructs/support/policy-document';

export interface KeyPolicyScope {
  readonly rootArn: string;
  readonly region: string;
  readonly logGroupArns: readonly string[];
  readonly topicArn: string;
  readonly queueArn: string;
}

const ONLY_THIS_KEY = 'in a key policy, * is the key';

function serviceStatement(
  sid: string,
  service: string,
  actions: readonly string[],
  conditions: NonNullable<PolicyStatement['conditions']>,
): PolicyStatement {
  return {
    sid,
    actions,
    conditions,
    principals: { Service: service },
    resources: ['*'],
    wildcardReason: ONLY_THIS_KEY,
  };
}

/**
 * Key policy: IAM policies control access in the account, and services without a role may use the key with the encryption context
 * of the log groups, the topic and the queue of the stack.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
export function keyPolicyStatements(scope: KeyPolicyScope): PolicyStatement[] {
  const use = ['kms:Decrypt', 'kms:GenerateDataKey'];
  return [
    {
      sid: 'LetIamDecide',
      principals: { AWS: scope.rootArn },
      actions: ['kms:*'],
      resources: ['*'],
      wildcardReason: ONLY_THIS_KEY,
      wildcardActionReason:
        'IAM can then delegate the management of the key; without it, the key could become unmanageable',
    },
    serviceStatement(
      'EncryptLogGroups',
      `logs.${scope.region}.amazonaws.com`,
      [...use, 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': scope.logGroupArns } },
    ),
    serviceStatement('PublishAlarms', 'cloudwatch.amazonaws.com', use, {
      StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': scope.topicArn },
    }),
    serviceStatement('KeepUndeliveredEvents', 'events.amazonaws.com', use, {
      StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': scope.queueArn },
    }),
  ];
}

/** Actions that read and that write encrypted data, and the service that calls KMS for them. */
const READS: Readonly<Record<string, string>> = { 's3:GetObject': 's3' };
const WRITES: Readonly<Record<string, string>> = {
  's3:PutObject': 's3',
  'sns:Publish': 'sns',
  'sqs:SendMessage': 'sqs',
};

/**
 * Permissions to use the key that a role needs for its other permissions, only through the services whose data it reads or
 * writes. Write access requires kms:Decrypt too, for multipart uploads and for data keys that SNS and SQS reuse.
 */
export function useDataKey(
  statements: readonly PolicyStatement[],
  keyArn: string,
  region: string,
): PolicyStatement[] {
  const servicesOf = (uses: Readonly<Record<string, string>>): string[] => {
    const found = statements.flatMap(({ actions }) => actions).map((action) => uses[action]);
    return [...new Set(found.filter((service) => service !== undefined))].sort();
  };
  const statement = (sid: string, action: string, services: readonly string[]): PolicyStatement[] =>
    services.length === 0
      ? []
      : [
          {
            sid,
            actions: [action],
            resources: [keyArn],
            conditions: {
              StringEquals: { 'kms:ViaService': services.map((each) => `${each}.${region}.amazonaws.com`) },
            },
          },
        ];
  return [
    ...statement('DecryptData', 'kms:Decrypt', servicesOf({ ...READS, ...WRITES })),
    ...statement('EncryptData', 'kms:GenerateDataKey', servicesOf(WRITES)),
  ];
}

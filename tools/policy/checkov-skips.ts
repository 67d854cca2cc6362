export interface Skip {
  readonly check: string;
  /** The requirement of the check, and why the project does not meet it. */
  readonly reason: string;
}

/** All skipped checks; an unused skip fails the gate. */
export const SKIPS: readonly Skip[] = [
  {
    check: 'CKV_AWS_18',
    reason: 'Access logs of buckets are a setting (ACCESS_LOGS), since their storage is billed.',
  },
  {
    check: 'CKV_AWS_21',
    reason:
      'Versions of clicks and logs: these objects are renderPhrase once; reports and jars, which change, have versions.',
  },
  {
    check: 'CKV_AWS_26',
    reason:
      'SNS with KMS is a setting (CUSTOMER_MANAGED_KEYS): alarms cannot publish with the AWS managed key, and a customer key is billed.',
  },
  { check: 'CKV_AWS_50', reason: 'X-Ray of functions is a setting (XRAY), since traces are billed.' },
  {
    check: 'CKV_AWS_115',
    reason: 'Reserved concurrency: it reduces the concurrency of the account, which is 10 in new accounts.',
  },
  {
    check: 'CKV_AWS_116',
    reason:
      'Dead-letter queue: asynchronous functions have a destination on failure, which the check does not support; the others are synchronous.',
  },
  {
    check: 'CKV_AWS_117',
    reason:
      'Functions in a VPC: they only call AWS APIs, which in a VPC require endpoints, billed by the hour.',
  },
  {
    check: 'CKV_AWS_144',
    reason: 'Replication to another region: it doubles the price of data that can be produced again.',
  },
  {
    check: 'CKV_AWS_145',
    reason:
      'Buckets with KMS are a setting (CUSTOMER_MANAGED_KEYS): the key is billed, and must be kept as long as the data.',
  },
  {
    check: 'CKV_AWS_158',
    reason: 'Log groups with KMS are a setting (CUSTOMER_MANAGED_KEYS); CloudWatch encrypts them by default.',
  },
  {
    check: 'CKV_AWS_171',
    reason: 'EMR with KMS in S3 is a setting (CUSTOMER_MANAGED_KEYS); the disks have a KMS key.',
  },
  {
    check: 'CKV_AWS_173',
    reason: 'Environment of functions with KMS: it has names of resources, no secrets; AWS encrypts it.',
  },
  {
    check: 'CKV_AWS_241',
    reason:
      'Firehose with a customer key is a setting (CUSTOMER_MANAGED_KEYS); by default it uses an AWS owned key.',
  },
  {
    check: 'CKV_AWS_272',
    reason: 'Code signing: one task builds and applies the zip file, whose hash is in the plan.',
  },
  { check: 'CKV_AWS_284', reason: 'X-Ray of state machines is a setting (XRAY), since traces are billed.' },
  {
    check: 'CKV_AWS_338',
    reason: 'Logs for a year: the retention is a setting (LOG_RETENTION_DAYS), 30 days by default.',
  },
  {
    check: 'CKV_AWS_394',
    reason: 'Pinned zones: only the first zone is used, and a new zone has no effect.',
  },
  { check: 'CKV2_AWS_5', reason: 'Unattached groups: EMR attaches them to the clusters of runs.' },
  {
    check: 'CKV2_AWS_11',
    reason:
      'Flow logs: the subnet is private, without a route to the internet; flow logs are billed by volume.',
  },
  {
    check: 'CKV2_AWS_12',
    reason:
      'The default security group of the VPC: it is not used; Studio and clusters have separate groups.',
  },
  { check: 'CKV2_AWS_62', reason: 'Events of buckets: only the bucket that starts a run requires them.' },
  {
    check: 'CKV2_AWS_64',
    reason: 'Policy of the KMS key: with the default key policy, IAM policies of this account decide.',
  },
];

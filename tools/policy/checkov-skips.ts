/** A check of checkov that does not fit this project. */
export interface Skip {
  /** `CKV_AWS_117` */
  readonly check: string;
  /** What the check requires, and why that is not done. */
  readonly reason: string;
}

/** Checks that are skipped, each with its reason; a skip that is no longer needed fails the gate. */
export const SKIPS: readonly Skip[] = [
  {
    check: 'CKV_AWS_18',
    reason: 'Access logs of buckets are a setting (ACCESS_LOGS), since what they store is billed.',
  },
  {
    check: 'CKV_AWS_21',
    reason:
      'Versions of clicks and logs: they are written once; what people change (reports, jars) has versions.',
  },
  {
    check: 'CKV_AWS_26',
    reason:
      'SNS with KMS is a setting (CUSTOMER_MANAGED_KEYS): alarms cannot publish with the AWS managed key, and a customer key is billed.',
  },
  { check: 'CKV_AWS_50', reason: 'X-Ray of functions is a setting (XRAY), since it is billed by the trace.' },
  {
    check: 'CKV_AWS_115',
    reason: 'Reserved concurrency: it is taken from the account, and new accounts have 10 in all.',
  },
  {
    check: 'CKV_AWS_116',
    reason:
      'Dead-letter queue: functions that are invoked asynchronously have one as their destination on failure, which this check does not consider; the others are invoked synchronously.',
  },
  {
    check: 'CKV_AWS_117',
    reason:
      'Functions in a VPC: they call AWS APIs only, and from a VPC they need endpoints, billed by the hour.',
  },
  {
    check: 'CKV_AWS_144',
    reason: 'Replication to another region: doubles the price of data that can be produced again.',
  },
  {
    check: 'CKV_AWS_145',
    reason:
      'Buckets with KMS are a setting (CUSTOMER_MANAGED_KEYS): its key is billed, and must be kept as long as the data.',
  },
  {
    check: 'CKV_AWS_158',
    reason: 'Log groups with KMS are a setting (CUSTOMER_MANAGED_KEYS); CloudWatch encrypts them itself.',
  },
  {
    check: 'CKV_AWS_171',
    reason: 'EMR with KMS in S3 is a setting (CUSTOMER_MANAGED_KEYS); the disks do have a KMS key.',
  },
  {
    check: 'CKV_AWS_173',
    reason: 'Environment of functions with KMS: it holds names of resources, no secrets; AWS encrypts it.',
  },
  {
    check: 'CKV_AWS_241',
    reason:
      'Firehose with a customer key is a setting (CUSTOMER_MANAGED_KEYS); it encrypts with a key of AWS.',
  },
  {
    check: 'CKV_AWS_272',
    reason: 'Code signing: the same task builds and applies the zip; its hash is in the plan.',
  },
  {
    check: 'CKV_AWS_284',
    reason: 'X-Ray of state machines is a setting (XRAY), since it is billed by the trace.',
  },
  {
    check: 'CKV_AWS_338',
    reason: 'Logs for a year: how long is a setting (LOG_RETENTION_DAYS), 30 days by default.',
  },
  {
    check: 'CKV_AWS_394',
    reason: 'Pinned zones: only the first zone is used, and a further one changes nothing.',
  },
  { check: 'CKV2_AWS_5', reason: 'Unattached groups: EMR attaches them to the clusters that a run makes.' },
  {
    check: 'CKV2_AWS_11',
    reason:
      'Flow logs: the subnet is private, without a route to the internet; flow logs are billed by volume.',
  },
  {
    check: 'CKV2_AWS_12',
    reason: "The VPC's default group: nothing uses it; Studio and clusters have their own groups.",
  },
  { check: 'CKV2_AWS_62', reason: 'Events of buckets: only the bucket that starts a run needs them.' },
  {
    check: 'CKV2_AWS_64',
    reason: 'Policy of the KMS key: with the default policy of KMS, IAM decides in this account.',
  },
];

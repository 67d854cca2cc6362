/** A check of checkov that does not fit this project. */
export interface Skip {
  /** `CKV_AWS_117` */
  readonly check: string;
  /** What the check wants, and why it is not done. */
  readonly reason: string;
}

/** Checks that are not asked, each with why; one that would find nothing any more fails the gate. */
export const SKIPS: readonly Skip[] = [
  {
    check: 'CKV_AWS_18',
    reason: 'Access logs of buckets: a sixth bucket and a price per request; CloudTrail tells who did what.',
  },
  {
    check: 'CKV_AWS_21',
    reason:
      'Versions of clicks and logs: they are written once; what people change (reports, jars) has versions.',
  },
  {
    check: 'CKV_AWS_26',
    reason: 'SNS with KMS: alarms cannot publish under the AWS key, an own one costs; messages hold no data.',
  },
  {
    check: 'CKV_AWS_50',
    reason: 'X-Ray of functions is a setting (XRAY), since it is billed by the trace.',
  },
  {
    check: 'CKV_AWS_115',
    reason: 'Reserved concurrency: it is taken from the account, and new accounts have 10 in all.',
  },
  {
    check: 'CKV_AWS_116',
    reason:
      'Dead-letter queue: functions that are invoked asynchronously have one as their destination on failure, which this check does not know; the others are called and waited for.',
  },
  {
    check: 'CKV_AWS_117',
    reason: 'Functions in a VPC: they call AWS APIs only, and from a VPC that takes endpoints by the hour.',
  },
  {
    check: 'CKV_AWS_144',
    reason: 'Replication to another region: doubles the price of data that can be made again.',
  },
  {
    check: 'CKV_AWS_145',
    reason: 'Buckets with KMS: SSE-S3 encrypts, and no key has to be kept for as long as the data.',
  },
  {
    check: 'CKV_AWS_158',
    reason: 'Log groups with KMS: CloudWatch encrypts by itself; logs hold no clicks.',
  },
  {
    check: 'CKV_AWS_171',
    reason: 'EMR with KMS in S3: the cluster writes to buckets with SSE-S3; its disks do have a KMS key.',
  },
  {
    check: 'CKV_AWS_173',
    reason: 'Environment of functions with KMS: it holds names of resources, no secrets; AWS encrypts it.',
  },
  {
    check: 'CKV_AWS_241',
    reason: 'Firehose with an own KMS key: it encrypts with a key of AWS, for the seconds that it buffers.',
  },
  {
    check: 'CKV_AWS_272',
    reason: 'Code signing: the zip is built and applied by the same hand; its hash stands in the plan.',
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
      'Flow logs: the subnet is private, without a way to the internet; flow logs are billed by volume.',
  },
  {
    check: 'CKV2_AWS_12',
    reason:
      "The VPC's default group: nothing is ever put into it; Studio and clusters have groups of their own.",
  },
  {
    check: 'CKV2_AWS_62',
    reason: 'Events of buckets: only the bucket that starts a run has something to tell.',
  },
  {
    check: 'CKV2_AWS_64',
    reason: 'Policy of the KMS key: with the policy that KMS gives it, IAM decides in this account.',
  },
];

/** Reasons of skipped checks, by check; an unused skip fails the gate. */
export const SKIPS: Readonly<Record<string, string>> = {
  CKV_AWS_18: 'Access logs of buckets are a setting (ACCESS_LOGS), since their storage is billed.',
  CKV_AWS_21:
    'Versions of clicks and logs: these objects are renderPhrase once; reports and jars, which change, have versions.',
  CKV_AWS_26:
    'SNS with KMS is a setting (CUSTOMER_MANAGED_KEYS): alarms cannot publish with the AWS managed key, and a customer key is billed.',
  CKV_AWS_50: 'X-Ray of functions is a setting (XRAY), since traces are billed.',
  CKV_AWS_115:
    'Reserved concurrency: it reduces the concurrency of the account, which is 10 in new accounts.',
  CKV_AWS_116:
    'Dead-letter queue: asynchronous functions have a destination on failure, which the check does not support; the others are synchronous.',
  CKV_AWS_117:
    'Functions in a VPC: they only call AWS APIs, which in a VPC require endpoints, billed by the hour.',
  CKV_AWS_144: 'Replication to another region: it doubles the price of data that can be produced again.',
  CKV_AWS_145:
    'Buckets with KMS are a setting (CUSTOMER_MANAGED_KEYS): the key is billed, and must be kept as long as the data.',
  CKV_AWS_158:
    'Log groups with KMS are a setting (CUSTOMER_MANAGED_KEYS); CloudWatch encrypts them by default.',
  CKV_AWS_171: 'EMR with KMS in S3 is a setting (CUSTOMER_MANAGED_KEYS); the disks have a KMS key.',
  CKV_AWS_173: 'Environment of functions with KMS: it has names of resources, no secrets; AWS encrypts it.',
  CKV_AWS_241:
    'Firehose with a customer key is a setting (CUSTOMER_MANAGED_KEYS); by default it uses an AWS owned key.',
  CKV_AWS_272: 'Code signing: one task builds and applies the zip file, whose hash is in the plan.',
  CKV_AWS_284: 'X-Ray of state machines is a setting (XRAY), since traces are billed.',
  CKV_AWS_338: 'Logs for a year: the retention is a setting (LOG_RETENTION_DAYS), 30 days by default.',
  CKV_AWS_394: 'Pinned zones: only the first zone is used, and a new zone has no effect.',
  CKV2_AWS_5: 'Unattached groups: EMR attaches them to the clusters of runs.',
  CKV2_AWS_11:
    'Flow logs: the subnet is private, without a route to the internet; flow logs are billed by volume.',
  CKV2_AWS_12:
    'The default security group of the VPC: it is not used; Studio and clusters have separate groups.',
  CKV2_AWS_62: 'Events of buckets: only the bucket that starts a run requires them.',
  CKV2_AWS_64: 'Policy of the KMS key: with the default key policy, IAM policies of this account decide.',
};

import { blocks, number, text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';
import { resourceType } from '../terraform/resource-types';
import type { Certainty } from './loss';

/** A type of resource that holds data. */
export interface Store {
  /** What is in it, in words. */
  readonly holds: string | ((attributes: Attributes) => string);
  /** What becomes of that when the resource is destroyed. @default lost */
  readonly certainty?: Certainty | ((attributes: Attributes) => Certainty);
  /** Attribute that lets AWS delete it while it holds anything. @default AWS deletes it in any case */
  readonly emptiedBy?: string;
}

const atRisk = (holds: Store['holds']): Store => ({ holds, certainty: 'at risk' });

const key: Store = {
  holds: (attributes) =>
    `whatever is encrypted with the key, ${number(attributes, 'deletion_window_in_days') ?? 30} days after the apply ` +
    '(until then aws kms cancel-key-deletion brings it back)',
};

const STORES: Readonly<Record<string, Store>> = {
  s3_bucket: { holds: 'every object and every version in the bucket', emptiedBy: 'force_destroy' },
  s3_directory_bucket: { holds: 'every object in the bucket', emptiedBy: 'force_destroy' },
  lightsail_bucket: { holds: 'every object in the bucket', emptiedBy: 'force_delete' },
  s3control_bucket: { holds: 'every object in the bucket', certainty: 'refused' },
  s3tables_table_bucket: { holds: 'every table in the bucket', certainty: 'refused' },
  glacier_vault: { holds: 'every archive', certainty: 'refused' },
  backup_vault: { holds: 'every recovery point', emptiedBy: 'force_destroy' },
  backup_logically_air_gapped_vault: { holds: 'every recovery point', certainty: 'refused' },
  ecr_repository: { holds: 'every image', emptiedBy: 'force_delete' },
  ecrpublic_repository: { holds: 'every image', emptiedBy: 'force_destroy' },
  athena_workgroup: { ...atRisk('saved queries and the history of queries'), emptiedBy: 'force_destroy' },
  athena_database: { ...atRisk("the tables' definitions; the files in S3 stay"), emptiedBy: 'force_destroy' },
  route53_zone: atRisk('its records, and its name servers: a new zone gets other ones'),

  cloudwatch_log_group: { holds: 'every log event of the group' },
  cloudwatch_event_archive: { holds: 'every event in the archive' },
  glue_catalog_table: atRisk(
    "the table's definition and the partitions registered in it; the files in S3 stay",
  ),
  glue_catalog_database: atRisk('every table of the database; the files in S3 stay'),
  glue_partition: atRisk('the registration of the partition; the files in S3 stay'),
  kinesis_firehose_delivery_stream: atRisk((attributes) => {
    const [s3] = blocks(attributes.extended_s3_configuration);
    const [seconds, megabytes] = [number(s3, 'buffering_interval'), number(s3, 'buffering_size')];
    const buffer = seconds === undefined ? '' : ` (up to ${seconds} s or ${megabytes ?? 5} MB)`;
    return `records still in the buffer${buffer}, and what is sent while there is no stream`;
  }),
  sfn_state_machine: atRisk('running executions, which end with it, and the history of all executions'),
  emrserverless_application: atRisk('job runs that are running, and the list of past ones'),
  emr_cluster: atRisk("steps that are running, and HDFS on the cluster's disks"),
  emr_studio: { holds: 'workspaces', certainty: 'refused' },
  sqs_queue: atRisk('messages in it'),
  mq_broker: atRisk('messages in it'),

  kms_key: key,
  kms_external_key: key,
  kms_replica_key: atRisk('reading with the key in this region; the primary key stays'),
  kms_replica_external_key: atRisk('reading with the key in this region; the primary key stays'),
  kms_custom_key_store: atRisk('reading with the keys in the store'),
  secretsmanager_secret: {
    holds: (attributes) =>
      `the secret, ${number(attributes, 'recovery_window_in_days') ?? 30} days after the apply (until then aws secretsmanager ` +
      'restore-secret brings it back)',
  },

  instance: {
    holds: 'what is on its root volume, on volumes deleted with it, and on disks of the instance itself',
    certainty: (attributes) =>
      [attributes.root_block_device, attributes.ebs_block_device]
        .flatMap(blocks)
        .every((volume) => volume.delete_on_termination === false)
        ? 'at risk'
        : 'lost',
  },
  cognito_user_pool: { holds: 'every user of the pool' },
};

const BY_TYPE = new Map(
  Object.entries(STORES).map(([name, store]): [string, Store] => [`aws_${name}`, store]),
);

/** Types with nothing in them but what the configuration says, or what another resource holds. */
const MADE_AGAIN =
  /^aws_(s3_(bucket_)?object|dynamodb_table_item|secretsmanager_secret_version|rds_cluster_instance|(rds|docdb|neptune)_global_cluster|cloudfrontkeyvaluestore_key)$/;

const CONTENT: Store = { holds: 'what is stored in it' };

/** What a resource of the type holds; undefined when it holds no data, or nobody knows. */
export function storeOf(type: string): Store | undefined {
  if (MADE_AGAIN.test(type)) return undefined;
  return BY_TYPE.get(type) ?? (resourceType(type)?.holdsData === true ? CONTENT : undefined);
}

/** Attributes that make AWS refuse to delete a store. */
export const PROTECTIONS = [
  'deletion_protection',
  'deletion_protection_enabled',
  'termination_protection_enabled',
  'termination_protection',
  'disable_api_termination',
] as const;

/** Attributes by which a store is deleted without a copy, or with all that is in it. */
export const UNPROTECTED = [
  'force_destroy',
  'force_delete',
  'skip_final_snapshot',
  'skip_final_backup',
] as const;

/** Whether the deletion makes a copy first; `refused` when it must and has no name for it. */
export function finalCopy(attributes: Attributes): 'made' | 'refused' | 'none' {
  const isNamed = ['final_snapshot_identifier', 'final_snapshot_name'].some(
    (name) => text(attributes, name) !== undefined,
  );
  const { skip_final_snapshot: skip, skip_final_backup: skipBackup, final_snapshot: snapshot } = attributes;
  if (snapshot === true || skipBackup === false) return 'made';
  if (isNamed && (skip === false || skip === undefined || skip === null)) return 'made';
  return skip === false ? 'refused' : 'none';
}

import { blocks, number, text } from '../terraform/plan/attributes';
import type { Attributes } from '../terraform/plan/plan-format';
import { resourceType } from '../terraform/resource-types';
import type { Certainty } from './loss';

/** A resource type that holds data. */
export interface Store {
  readonly holds: string | ((attributes: Attributes) => string);
  /** The effect of a destruction on the data. @default lost */
  readonly certainty?: Certainty | ((attributes: Attributes) => Certainty);
  /** Attribute that allows the deletion of a store that is not empty. @default AWS always allows it */
  readonly emptiedBy?: string;
}

const atRisk = (holds: Store['holds']): Store => ({ holds, certainty: 'at risk' });

const key: Store = {
  holds: (attributes) =>
    `all data that is encrypted with the key, ${number(attributes, 'deletion_window_in_days') ?? 30} days after the apply ` +
    '(until then aws kms cancel-key-deletion restores the key)',
};

const STORES: Readonly<Record<string, Store>> = {
  s3_bucket: { holds: 'every object and every version in the bucket', emptiedBy: 'force_destroy' },
  s3_directory_bucket: { holds: 'every object in the bucket', emptiedBy: 'force_destroy' },
  lightsail_bucket: { holds: 'every object in the bucket', emptiedBy: 'force_delete' },
  s3control_bucket: { holds: 'every object in the bucket', certainty: 'blocked' },
  s3tables_table_bucket: { holds: 'every table in the bucket', certainty: 'blocked' },
  glacier_vault: { holds: 'every archive', certainty: 'blocked' },
  backup_vault: { holds: 'every recovery point', emptiedBy: 'force_destroy' },
  backup_logically_air_gapped_vault: { holds: 'every recovery point', certainty: 'blocked' },
  ecr_repository: { holds: 'every image', emptiedBy: 'force_delete' },
  ecrpublic_repository: { holds: 'every image', emptiedBy: 'force_destroy' },
  athena_workgroup: { ...atRisk('saved queries and the query history'), emptiedBy: 'force_destroy' },
  athena_database: { ...atRisk('table definitions; the files in S3 are kept'), emptiedBy: 'force_destroy' },
  route53_zone: atRisk('its records and its name servers: a new zone has other name servers'),

  cloudwatch_log_group: { holds: 'every log event of the group' },
  cloudwatch_event_archive: { holds: 'every event in the archive' },
  glue_catalog_table: atRisk('the table definition and its partitions; the files in S3 are kept'),
  glue_catalog_database: atRisk('every table of the database; the files in S3 are kept'),
  glue_partition: atRisk('the partition definition; the files in S3 are kept'),
  kinesis_firehose_delivery_stream: atRisk((attributes) => {
    const [s3] = blocks(attributes.extended_s3_configuration);
    const [seconds, megabytes] = [number(s3, 'buffering_interval'), number(s3, 'buffering_size')];
    const buffer = seconds === undefined ? '' : ` (up to ${seconds} s or ${megabytes ?? 5} MB)`;
    return `buffered records${buffer}, and records that are sent while the stream does not exist`;
  }),
  sfn_state_machine: atRisk('running executions, which are stopped, and the history of all executions'),
  emrserverless_application: atRisk('running job runs, and the list of earlier job runs'),
  emr_cluster: atRisk('running steps, and HDFS on the disks of the cluster'),
  emr_studio: { holds: 'workspaces', certainty: 'blocked' },
  sqs_queue: atRisk('its messages'),
  mq_broker: atRisk('its messages'),

  kms_key: key,
  kms_external_key: key,
  kms_replica_key: atRisk('decryption with the key in this region; the primary key is kept'),
  kms_replica_external_key: atRisk('decryption with the key in this region; the primary key is kept'),
  kms_custom_key_store: atRisk('decryption with the keys in the store'),
  secretsmanager_secret: {
    holds: (attributes) =>
      `the secret, ${number(attributes, 'recovery_window_in_days') ?? 30} days after the apply (until then aws secretsmanager ` +
      'restore-secret restores it)',
  },

  instance: {
    holds: 'its root volume, volumes that are deleted on termination, and instance store volumes',
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

/** Types whose data is in the configuration or in another resource. */
const WITHOUT_DATA =
  /^aws_(s3_(bucket_)?object|dynamodb_table_item|secretsmanager_secret_version|rds_cluster_instance|(rds|docdb|neptune)_global_cluster|cloudfrontkeyvaluestore_key)$/;

const CONTENT: Store = { holds: 'all stored data' };

/** The store of a resource type; undefined when it holds no data or is unclassified. */
export function storeOf(type: string): Store | undefined {
  if (WITHOUT_DATA.test(type)) return undefined;
  return BY_TYPE.get(type) ?? (resourceType(type)?.holdsData === true ? CONTENT : undefined);
}

/** Attributes that make AWS reject the deletion of a store. */
export const PROTECTIONS = [
  'deletion_protection',
  'deletion_protection_enabled',
  'termination_protection_enabled',
  'termination_protection',
  'disable_api_termination',
] as const;

/** Attributes that allow a deletion without a snapshot, or with all data. */
export const UNPROTECTED = [
  'force_destroy',
  'force_delete',
  'skip_final_snapshot',
  'skip_final_backup',
] as const;

/** Whether a deletion makes a final snapshot; `unnamed`: without the identifier that Terraform requires. */
export function finalCopy(attributes: Attributes): 'made' | 'unnamed' | 'none' {
  const isNamed = ['final_snapshot_identifier', 'final_snapshot_name'].some(
    (name) => text(attributes, name) !== undefined,
  );
  const { skip_final_snapshot: skip, skip_final_backup: skipBackup, final_snapshot: snapshot } = attributes;
  if (snapshot === true || skipBackup === false) return 'made';
  if (isNamed && (skip === false || skip === undefined || skip === null)) return 'made';
  return skip === false ? 'unnamed' : 'none';
}

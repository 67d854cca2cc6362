import { valueAt } from '../terraform/plan/attributes';
import { isHidden, isMarked } from '../terraform/plan/masking';
import type { DataLoss, LossChange } from './loss';
import { PROTECTIONS, storeOf, UNPROTECTED } from './stores';

interface Retention {
  readonly path: string;
  readonly what: string;
  readonly unit: string;
  /** Default of AWS. */
  readonly standard: number;
}

const keeps = (what: string, unit: string, path: string, standard = 0): Retention => ({
  path,
  what,
  unit,
  standard,
});
const backups = (path: string, standard = 0): Retention => keeps('automated backups', 'days', path, standard);

const MAGNETIC_STORE = 'retention_properties.0.magnetic_store_retention_period_in_days';

const RETENTIONS = new Map<string, Retention>([
  ['aws_cloudwatch_log_group', keeps('log events', 'days', 'retention_in_days', Infinity)],
  ['aws_cloudwatch_event_archive', keeps('events', 'days', 'retention_days', Infinity)],
  ['aws_cloudtrail_event_data_store', keeps('events', 'days', 'retention_period', 2555)],
  ['aws_sqs_queue', keeps('messages', 'seconds', 'message_retention_seconds', 345_600)],
  ['aws_kinesis_stream', keeps('records', 'hours', 'retention_period', 24)],
  ['aws_kinesis_video_stream', keeps('recordings', 'hours', 'data_retention_in_hours')],
  ['aws_prometheus_workspace_configuration', keeps('metrics', 'days', 'retention_period_in_days', 150)],
  ['aws_timestreamwrite_table', keeps('records', 'days', MAGNETIC_STORE)],
  ['aws_redshift_cluster', backups('automated_snapshot_retention_period', 1)],
  ...['db_instance', 'rds_cluster', 'docdb_cluster', 'docdbelastic_cluster', 'neptune_cluster'].map(
    (name) => [`aws_${name}`, backups('backup_retention_period')] as const,
  ),
  ...['cluster', 'replication_group', 'serverless_cache'].map(
    (name) => [`aws_elasticache_${name}`, backups('snapshot_retention_limit')] as const,
  ),
  ['aws_memorydb_cluster', backups('snapshot_retention_limit')],
  ...['lustre', 'ontap', 'openzfs', 'windows'].map(
    (name) => [`aws_fsx_${name}_file_system`, backups('automatic_backup_retention_days')] as const,
  ),
]);

/** An attribute whose change puts data at risk. */
interface Setting extends Pick<DataLoss, 'reason' | 'what'> {
  readonly types: readonly string[] | 'stores';
  readonly path: string;
  readonly isDangerous: (value: unknown) => boolean;
}

const isOff = (value: unknown): boolean => value === false;
const isOn = (value: unknown): boolean => value === true;

const OVERWRITTEN =
  'versioning is suspended: objects that are overwritten or deleted afterwards cannot be restored';

const SETTINGS: readonly Setting[] = [
  ...['is_enabled', 'enabled'].map((path): Setting => ({
    types: ['aws_kms_key', 'aws_kms_external_key', 'aws_kms_replica_key', 'aws_kms_replica_external_key'],
    path,
    isDangerous: isOff,
    reason: 'key',
    what: 'data that is encrypted with the key cannot be decrypted until the key is enabled',
  })),
  ...[
    ['aws_s3_bucket_versioning', 'versioning_configuration.0.status'],
    ['aws_s3_bucket', 'versioning.0.enabled'],
  ].map(([type = '', path = '']): Setting => ({
    types: [type],
    path,
    reason: 'versioning',
    isDangerous: (value) => value !== 'Enabled' && value !== true,
    what: OVERWRITTEN,
  })),
  {
    types: ['aws_dynamodb_table'],
    path: 'point_in_time_recovery.0.enabled',
    reason: 'retention',
    isDangerous: isOff,
    what: 'all backups of point-in-time recovery',
  },
  {
    types: ['aws_dynamodb_table'],
    path: 'ttl.0.enabled',
    reason: 'expiration',
    isDangerous: isOn,
    what: 'items whose time to live has expired',
  },
  ...UNPROTECTED.map((path): Setting => ({
    types: 'stores',
    path,
    isDangerous: isOn,
    reason: 'protection',
    what: `${path} is enabled: a later plan can delete it with its data`,
  })),
  ...PROTECTIONS.map((path): Setting => ({
    types: 'stores',
    path,
    reason: 'protection',
    isDangerous: (value) => value !== true && value !== 'ACTIVE',
    what: `${path} is disabled: AWS no longer rejects its deletion`,
  })),
];

/** Attributes with the location of data, by the type that writes or reads it. */
const PLACES: readonly (readonly [type: RegExp, paths: readonly string[], what: string])[] = [
  [
    /^aws_glue_(catalog_table|partition)$/,
    ['storage_descriptor.0.location'],
    'queries no longer read the files in the old location',
  ],
  [
    /^aws_kinesis_firehose_delivery_stream$/,
    ['bucket_arn', 'prefix'].flatMap((name) => [
      `extended_s3_configuration.0.${name}`,
      `s3_configuration.0.${name}`,
    ]),
    'records are delivered to another location',
  ],
  [/^aws_cloudtrail$/, ['s3_bucket_name'], 'log files are delivered to another location'],
];

/** The losses of an update: shorter retention, less protection, another location. */
export function weakened(change: LossChange, rename: (text: string) => string): DataLoss[] {
  return [
    ...shortened(change, RETENTIONS.get(change.type)),
    ...SETTINGS.filter(({ types }) =>
      types === 'stores' ? storeOf(change.type) !== undefined : types.includes(change.type),
    ).flatMap((one) => switched(change, one)),
    ...PLACES.filter(([type]) => type.test(change.type)).flatMap(([, paths, what]) =>
      paths.flatMap((path) => moved(change, path, what, rename)),
    ),
  ];
}

/** The loss when a versioning resource is destroyed: the provider suspends versioning. */
export function versioningEnds({ type, before }: LossChange): DataLoss[] {
  const status = valueAt(before, 'versioning_configuration.0.status');
  if (type !== 'aws_s3_bucket_versioning' || (status !== 'Enabled' && !isHidden(status))) return [];
  return [{ certainty: 'at risk', reason: 'versioning', what: OVERWRITTEN }];
}

/** Whether the new value is sensitive, or known only after apply. */
function isUndisclosed({ after, unknown }: LossChange, path: string): boolean {
  return isHidden(valueAt(after, path)) || isMarked(unknown, path.split('.'));
}

function shortened(change: LossChange, retention: Retention | undefined): DataLoss[] {
  if (retention === undefined) return [];
  const { path, what, unit, standard } = retention;
  const [before, after] = [valueAt(change.before, path), valueAt(change.after, path)];
  if (before === after) return [];
  if (isUndisclosed(change, path) || isHidden(before))
    return [
      { certainty: 'at risk', reason: 'retention', what: `${what}: the retention period is not shown` },
    ];
  // 0 days means forever only where that is the default.
  const amount = (value: unknown): number =>
    typeof value !== 'number' || (value === 0 && standard === Infinity) ? standard : value;
  const [old, now] = [amount(before), amount(after)];
  if (now >= old) return [];
  const kept = old === Infinity ? 'forever' : `${old} ${unit}`;
  return [
    {
      certainty: 'lost',
      reason: 'retention',
      what: `${what} older than ${now} ${unit} (kept ${kept} before)`,
    },
  ];
}

function switched(change: LossChange, { path, isDangerous, reason, what }: Setting): DataLoss[] {
  const [before, after] = [valueAt(change.before, path), valueAt(change.after, path)];
  if (before === after || (isDangerous(before) && !isHidden(before))) return [];
  return isDangerous(after) || isUndisclosed(change, path) ? [{ certainty: 'at risk', reason, what }] : [];
}

function moved(change: LossChange, path: string, what: string, rename: (text: string) => string): DataLoss[] {
  const [before, after] = [valueAt(change.before, path), valueAt(change.after, path)];
  if (typeof before !== 'string' || before === after || rename(before) === after) return [];
  const names = [before, typeof after === 'string' ? after : '(known after apply)'];
  return [{ certainty: 'at risk', reason: 'moved', what, names }];
}

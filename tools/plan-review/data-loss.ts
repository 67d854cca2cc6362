import { isHidden } from '../terraform/masking';
import type { ResourceChange } from '../terraform/plan-format';
import { blocks, number, text } from './section';

/** What a change does to data that nobody can make again. */
export interface DataLoss {
  /** `lost`: certain; `at risk`: when there is any, or for a while; `refused`: the apply fails as long as there is any. */
  readonly certainty: 'lost' | 'at risk' | 'refused';
  /** What is lost, in words; Markdown-free. */
  readonly what: string;
}

type Judge = (change: ResourceChange) => DataLoss | undefined;

const lost = (what: string): DataLoss => ({ certainty: 'lost', what });
const atRisk = (what: string): DataLoss => ({ certainty: 'at risk', what });

const ON_DESTROY: Readonly<Record<string, Judge>> = {
  aws_s3_bucket: ({ before }) =>
    before?.force_destroy === true || isHidden(before?.force_destroy)
      ? lost('every object and every version in the bucket (force_destroy is on)')
      : { certainty: 'refused', what: 'S3 refuses to delete the bucket while it holds an object' },
  aws_s3_object: () => undefined,
  aws_cloudwatch_log_group: ({ before }) =>
    before?.skip_destroy === true ? undefined : lost('every log event of the group'),
  aws_glue_catalog_table: () =>
    atRisk("the table's definition and the partitions registered in it; the files in S3 stay"),
  aws_glue_catalog_database: () => atRisk('every table of the database; the files in S3 stay'),
  aws_kinesis_firehose_delivery_stream: ({ before }) => {
    const [s3] = blocks(before?.extended_s3_configuration);
    const [seconds, megabytes] = [number(s3, 'buffering_interval'), number(s3, 'buffering_size')];
    const buffer = seconds === undefined ? '' : ` (up to ${seconds} s or ${megabytes ?? 5} MB)`;
    return atRisk(`records still in the buffer${buffer}, and what is sent while there is no stream`);
  },
  aws_sfn_state_machine: () =>
    atRisk('running executions, which end with it, and the history of all executions'),
  aws_kms_key: ({ before }) =>
    lost(
      `whatever is encrypted with the key, ${number(before, 'deletion_window_in_days') ?? 30} days after the apply ` +
        '(until then aws kms cancel-key-deletion brings it back)',
    ),
  aws_sqs_queue: () => atRisk('messages in the queue'),
  aws_emrserverless_application: () => atRisk('job runs that are running, and the list of past ones'),
  aws_emr_cluster: () => atRisk("steps that are running, and HDFS on the cluster's disks"),
  aws_emr_studio: () => ({
    certainty: 'refused',
    what: 'AWS refuses to delete a Studio that has workspaces',
  }),
  aws_cloudwatch_dashboard: () => undefined,
};

/** Stores of other kinds that a stack may get one day. */
const OTHER_STORES =
  /^aws_(dynamodb_table|db_instance|rds_cluster|docdb_cluster|neptune_cluster|redshift_cluster|elasticache_\w*cluster|efs_file_system|ebs_volume|kinesis_stream|msk_cluster|opensearch_domain|secretsmanager_secret|ssm_parameter|backup_vault|ecr_repository|s3tables_\w+|timestreamwrite_table)$/;

/** What the change does to data; undefined when it does nothing to any. */
export function dataLoss(change: ResourceChange): DataLoss | undefined {
  if (change.kind === 'update') return shorterRetention(change);
  if (change.kind !== 'delete' && change.kind !== 'replace') return undefined;
  const judge = new Map(Object.entries(ON_DESTROY)).get(change.type);
  if (judge !== undefined) return judge(change);
  if (OTHER_STORES.test(change.type)) return lost('what is stored in it');
  if (!change.type.startsWith('aws_')) return atRisk('unknown: a resource of another provider than AWS');
  return undefined;
}

/** Days until data is deleted: 0 in a log group means never. */
function shorterRetention({ type, before, after }: ResourceChange): DataLoss | undefined {
  if (type === 'aws_cloudwatch_log_group') {
    if (isHidden(after?.retention_in_days) && before?.retention_in_days !== after?.retention_in_days)
      return atRisk('log events: how long they are kept is marked as sensitive, and changes');
    const [old, now] = [number(before, 'retention_in_days') ?? 0, number(after, 'retention_in_days') ?? 0];
    const isShorter = now > 0 && (old === 0 || now < old);
    return isShorter
      ? lost(`log events older than ${now} days (kept ${old === 0 ? 'forever' : `${old} days`} before)`)
      : undefined;
  }
  if (type !== 'aws_s3_bucket_lifecycle_configuration') return undefined;
  if (isHidden(after?.rule) && before?.rule !== after?.rule)
    return atRisk('objects: the rules of the lifecycle are marked as sensitive, and change');
  const [old, now] = [expirations(before), expirations(after)];
  const shorter = [...now].filter(([rule, days]) => days < (old.get(rule) ?? Infinity));
  if (shorter.length === 0) return undefined;
  return lost(
    `objects older than ${shorter.map(([rule, days]) => `${days} days (rule ${rule})`).join(', ')}`,
  );
}

function expirations(attributes: ResourceChange['after']): Map<string, number> {
  const rules = blocks(attributes?.rule).filter((rule) => text(rule, 'status') !== 'Disabled');
  return new Map(
    rules.flatMap((rule): [string, number][] => {
      const current = number(blocks(rule.expiration)[0], 'days') ?? 0;
      const old = number(blocks(rule.noncurrent_version_expiration)[0], 'noncurrent_days') ?? 0;
      const id = text(rule, 'id') ?? '';
      return [
        ...(current > 0 ? [[id, current] satisfies [string, number]] : []),
        ...(old > 0 ? [[`${id}, old versions`, old] satisfies [string, number]] : []),
      ];
    }),
  );
}

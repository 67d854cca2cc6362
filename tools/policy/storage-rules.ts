import { policiesOf } from '../access/held-policies';
import { blocks } from '../terraform/plan/attributes';
import { refersTo, type Resource } from './configuration';
import { eachInStack, eachResource, type Rule } from './rule';

/** The resource of `type` that belongs to `owner` by its attribute `name`. */
function partOf(owner: Resource, type: string, name: string, all: readonly Resource[]): Resource | undefined {
  return all.find((resource) => resource.type === type && refersTo(resource, name, owner));
}

function deniesPlainHttp(part: Resource | undefined): boolean {
  return (part === undefined ? [] : policiesOf(part))
    .flatMap(({ statements = [] }) => statements)
    .some(
      ({ Effect, Condition }) =>
        Effect === 'Deny' && Condition.Bool?.['aws:SecureTransport']?.includes('false') === true,
    );
}

const PUBLIC_ACCESS = [
  'block_public_acls',
  'block_public_policy',
  'ignore_public_acls',
  'restrict_public_buckets',
];

export const STORAGE_RULES: readonly Rule[] = [
  eachInStack(
    'bucket-encryption',
    'Every bucket has an encryption configuration.',
    ['aws_s3_bucket'],
    (bucket, all) => {
      const part = partOf(bucket, 'aws_s3_bucket_server_side_encryption_configuration', 'bucket', all);
      const algorithms = blocks(part?.attributes.rule).flatMap((rule) =>
        blocks(rule.apply_server_side_encryption_by_default).map((each) => each.sse_algorithm),
      );
      return algorithms.length > 0 ? [] : ['has no encryption configuration'];
    },
  ),
  eachInStack(
    'bucket-public-access',
    'Every bucket has all four settings that block public access.',
    ['aws_s3_bucket'],
    (bucket, all) => {
      const part = partOf(bucket, 'aws_s3_bucket_public_access_block', 'bucket', all);
      const open = PUBLIC_ACCESS.filter((name) => part?.attributes[name] !== true);
      return open.length === 0 ? [] : [`does not set ${open.join(', ')}`];
    },
  ),
  ...(
    [
      ['bucket', 'aws_s3_bucket', 'bucket'],
      ['queue', 'aws_sqs_queue', 'queue_url'],
      ['topic', 'aws_sns_topic', 'arn'],
    ] as const
  ).map(([what, type, name]) =>
    eachInStack(`${what}-tls`, `Every ${what} denies plain HTTP.`, [type], (owner, all) =>
      deniesPlainHttp(partOf(owner, `${type}_policy`, name, all))
        ? []
        : ['has no policy that denies requests without aws:SecureTransport'],
    ),
  ),
  eachResource('queue-encryption', 'Every queue is encrypted.', ['aws_sqs_queue'], ({ attributes }) =>
    attributes.sqs_managed_sse_enabled === true || typeof attributes.kms_master_key_id === 'string'
      ? []
      : ['sets neither sqs_managed_sse_enabled nor kms_master_key_id'],
  ),
  eachResource(
    'stream-encryption',
    'Firehose encrypts buffered clicks.',
    ['aws_kinesis_firehose_delivery_stream'],
    ({ attributes }) =>
      blocks(attributes.server_side_encryption).some(({ enabled }) => enabled === true)
        ? []
        : ['sets no server_side_encryption'],
  ),
  eachResource('key-rotation', 'Every KMS key has automatic rotation.', ['aws_kms_key'], ({ attributes }) =>
    attributes.enable_key_rotation === true ? [] : ['does not set enable_key_rotation'],
  ),
  eachResource(
    'log-retention',
    'Every log group has a retention period.',
    ['aws_cloudwatch_log_group'],
    ({ attributes: { retention_in_days: days } }) =>
      typeof days === 'number' && days > 0 ? [] : ['does not expire its events: set retention_in_days'],
  ),
  eachInStack(
    'function-logs',
    'Every function writes to a log group of the stack.',
    ['aws_lambda_function'],
    ({ attributes }, all) => {
      const groups = blocks(attributes.logging_config).map(({ log_group }) => log_group);
      const own = all.filter(({ type }) => type === 'aws_cloudwatch_log_group');
      const isOwn = own.some((group) => groups.includes(group.attributes.name));
      return isOwn ? [] : ['writes to a log group that Lambda creates without retention'];
    },
  ),
];

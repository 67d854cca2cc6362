import { findLosses } from '../../../tools/data-loss/data-loss';
import { planOf, type Change } from '../plan-review/plan-of';

/** "lost retention" for each loss of the plan. */
function lossesOf(...changes: readonly Change[]): string[] {
  return [...findLosses(planOf(changes).changes).values()]
    .flat()
    .map(({ certainty, reason }) => `${certainty} ${reason}`);
}

const destroyed = (type: string, before: object = {}): Change => ({
  type,
  actions: ['delete'],
  before: { name: 'x', ...before },
  after: null,
});
const updated = (type: string, before: object, after: object, rest: Partial<Change> = {}): Change => ({
  type,
  before: { name: 'x', ...before },
  after: { name: 'x', ...after },
  ...rest,
});

const LOST = 'lost destroyed';
const AT_RISK = 'at risk destroyed';
const BLOCKED = 'blocked destroyed';
const KEPT = 'kept destroyed';

describe('A destroyed resource', () => {
  const volumes = (isDeleted: boolean) => ({
    root_block_device: [{ delete_on_termination: isDeleted }],
    ebs_block_device: [{ delete_on_termination: false }],
  });

  test.each<[string, object, string | undefined]>([
    ['aws_s3_bucket', { force_destroy: true }, LOST],
    ['aws_s3_bucket', { force_destroy: false }, BLOCKED],
    ['aws_ecr_repository', { force_delete: true }, LOST],
    ['aws_ecr_repository', {}, BLOCKED],
    ['aws_cloudwatch_log_group', {}, LOST],
    ['aws_cloudwatch_log_group', { skip_destroy: true }, KEPT],
    ['aws_kms_key', {}, LOST],
    ['aws_kms_external_key', {}, LOST],
    ['aws_dynamodb_table', {}, LOST],
    ['aws_dynamodb_table', { deletion_protection_enabled: true }, BLOCKED],
    ['aws_db_instance', { skip_final_snapshot: true, final_snapshot_identifier: 'f' }, LOST],
    ['aws_db_instance', { skip_final_snapshot: false, final_snapshot_identifier: 'f' }, KEPT],
    ['aws_db_instance', { skip_final_snapshot: false }, BLOCKED],
    ['aws_rds_cluster', { skip_final_snapshot: true, deletion_protection: true }, BLOCKED],
    ['aws_rds_cluster_instance', {}, undefined],
    ['aws_elasticache_replication_group', { final_snapshot_identifier: 'f' }, KEPT],
    ['aws_fsx_windows_file_system', { skip_final_backup: false }, KEPT],
    ['aws_efs_file_system', {}, LOST],
    ['aws_ebs_volume', { final_snapshot: true }, KEPT],
    ['aws_instance', volumes(true), LOST],
    ['aws_instance', volumes(false), AT_RISK],
    ['aws_instance', { disable_api_termination: true }, BLOCKED],
    ['aws_cognito_user_pool', { deletion_protection: 'ACTIVE' }, BLOCKED],
    ['aws_cognito_user_pool', { deletion_protection: 'INACTIVE' }, LOST],
    ['aws_ebs_snapshot', {}, LOST],
    ['aws_glue_catalog_table', {}, AT_RISK],
    ['aws_sfn_state_machine', {}, AT_RISK],
    ['aws_kinesis_firehose_delivery_stream', {}, AT_RISK],
    ['aws_emr_studio', {}, BLOCKED],
    ['aws_iam_role', {}, undefined],
    ['aws_s3_object', {}, undefined],
    ['null_resource', {}, undefined],
    ['random_id', {}, undefined],
    ['local_file', {}, undefined],
    ['postgresql_database', {}, 'at risk unknown'],
    ['aws_of_next_year', {}, 'at risk unknown'],
  ])('%s with %j: %s.', (type, before, expected) => {
    const all = expected === undefined ? [] : [expected];
    expect(lossesOf(destroyed(type, before))).toEqual(all);
    expect(lossesOf({ ...destroyed(type, before), actions: ['delete', 'create'], after: {} })).toEqual(all);
    expect(lossesOf({ ...destroyed(type, before), actions: ['forget'] })).toEqual([]);
  });

  test('A hidden force_destroy counts as enabled.', () => {
    const hidden = { before_sensitive: { force_destroy: true } };
    expect(lossesOf({ ...destroyed('aws_s3_bucket', { force_destroy: false }), ...hidden })).toEqual([LOST]);
  });
});

describe('An updated resource', () => {
  const table = (location: string) => ({ storage_descriptor: [{ location }] });
  const stream = (bucket_arn: string) => ({ extended_s3_configuration: [{ bucket_arn }] });
  const versioning = (status: string) => ({ versioning_configuration: [{ status }] });

  test.each<[string, object, object, string | undefined]>([
    ['aws_cloudwatch_log_group', { retention_in_days: 30 }, { retention_in_days: 7 }, 'lost retention'],
    ['aws_cloudwatch_log_group', { retention_in_days: 0 }, { retention_in_days: 7 }, 'lost retention'],
    ['aws_cloudwatch_log_group', { retention_in_days: 7 }, { retention_in_days: 0 }, undefined],
    ['aws_cloudwatch_log_group', { retention_in_days: 7 }, { retention_in_days: 30 }, undefined],
    ['aws_sqs_queue', { message_retention_seconds: 345_600 }, {}, undefined],
    ['aws_sqs_queue', { message_retention_seconds: 1_209_600 }, {}, 'lost retention'],
    ['aws_kinesis_stream', { retention_period: 48 }, { retention_period: 24 }, 'lost retention'],
    ['aws_db_instance', { backup_retention_period: 7 }, { backup_retention_period: 0 }, 'lost retention'],
    ['aws_kms_key', { is_enabled: true }, { is_enabled: false }, 'at risk key'],
    ['aws_kms_replica_key', { enabled: true }, { enabled: false }, 'at risk key'],
    ['aws_kms_key', { is_enabled: false }, { is_enabled: true }, undefined],
    ['aws_s3_bucket_versioning', versioning('Enabled'), versioning('Suspended'), 'at risk versioning'],
    ['aws_s3_bucket_versioning', versioning('Suspended'), versioning('Enabled'), undefined],
    ['aws_s3_bucket', { force_destroy: false }, { force_destroy: true }, 'at risk protection'],
    ['aws_s3_bucket', { force_destroy: true }, { force_destroy: true, tags: {} }, undefined],
    ['aws_iam_user', { force_destroy: false }, { force_destroy: true }, undefined],
    ['aws_rds_cluster', { deletion_protection: true }, { deletion_protection: false }, 'at risk protection'],
    ['aws_glue_catalog_table', table('s3://a/x'), table('s3://a/y'), 'at risk moved'],
    ['aws_kinesis_firehose_delivery_stream', stream('arn:a'), stream('arn:b'), 'at risk moved'],
  ])('%s from %j to %j: %s.', (type, before, after, expected) => {
    expect(lossesOf(updated(type, before, after))).toEqual(expected === undefined ? [] : [expected]);
  });

  test('A sensitive or unknown retention period counts as shorter.', () => {
    const group = (rest: Partial<Change>) =>
      updated('aws_cloudwatch_log_group', { retention_in_days: 30 }, { retention_in_days: 60 }, rest);
    expect(lossesOf(group({ after_sensitive: { retention_in_days: true } }))).toEqual(['at risk retention']);
    const later = { ...group({ after_unknown: { retention_in_days: true } }), after: { name: 'x' } };
    expect(lossesOf(later)).toEqual(['at risk retention']);
  });

  test('A location that changes only by the new name of a bucket is the same location.', () => {
    const [before, after] = [{ bucket: 'old-name' }, { bucket: 'new-name' }];
    const bucket: Change = { actions: ['delete', 'create'], before, after };
    const follows = updated('aws_glue_catalog_table', table('s3://old-name/x'), table('s3://new-name/x'));
    expect(lossesOf(bucket, follows)).toEqual([BLOCKED]);
  });
});

describe('A lifecycle rule', () => {
  const rule = (rest: object) => ({ id: 'r', status: 'Enabled', expiration: [{ days: 30 }], ...rest });
  const lifecycle = (before: object[] | undefined, after: object[], rest: Partial<Change> = {}): Change => ({
    type: 'aws_s3_bucket_lifecycle_configuration',
    actions: [before === undefined ? 'create' : 'update'],
    before: before === undefined ? null : { bucket: 'b', rule: before },
    after: { bucket: 'b', rule: after },
    ...rest,
  });
  const filter = (inner: object) => rule({ filter: [inner] });
  const largerThan = (bytes: string) => [filter({ object_size_greater_than: bytes })];
  const keeping = (newer_noncurrent_versions?: string) => {
    const noncurrent_version_expiration = [{ noncurrent_days: 30, newer_noncurrent_versions }];
    return [rule({ expiration: [], noncurrent_version_expiration })];
  };

  test.each<[string, object[] | undefined, object[], boolean]>([
    ['that is new', undefined, [rule({})], true],
    ['with an earlier expiration', [rule({})], [rule({ expiration: [{ days: 7 }] })], true],
    ['with a later expiration', [rule({})], [rule({ expiration: [{ days: 90 }] })], false],
    ['with another ID', [rule({})], [rule({ id: 'other' })], false],
    ['with a new date', [rule({})], [rule({ expiration: [{ date: '2030-01-01T00:00:00Z' }] })], true],
    ['that is enabled', [rule({ status: 'Disabled' })], [rule({})], true],
    ['that is disabled', [rule({})], [rule({ status: 'Disabled' })], false],
    ['with a wider prefix', [filter({ prefix: 'a/b/' })], [filter({ prefix: 'a/' })], true],
    ['with a narrower prefix', [filter({ prefix: 'a/' })], [filter({ prefix: 'a/b/' })], false],
    ['without its filter', [filter({ prefix: 'a/' })], [rule({})], true],
    ['without its tag', [filter({ and: [{ tags: { a: '1' } }] })], [filter({})], true],
    ['with a new tag', [rule({})], [filter({ tag: [{ key: 'a', value: '1' }] })], false],
    ['for smaller objects', largerThan('100'), largerThan('10'), true],
    ['that keeps fewer old versions', keeping('5'), keeping(), true],
    ['that keeps more old versions', keeping(), keeping('5'), false],
    ['that is removed', [rule({})], [], false],
    ['that only changes the storage class', [], [rule({ expiration: [], transition: [{ days: 1 }] })], false],
  ])('%s is compared with the old rules.', (_what, before, after, isLost) => {
    expect(lossesOf(lifecycle(before, after))).toEqual(isLost ? ['lost expiration'] : []);
  });

  test('of a new bucket loses nothing, also when the name of the bucket is unknown.', () => {
    const bucket: Change = { actions: ['create'], before: null, after: { bucket: 'b' } };
    expect(lossesOf(bucket, lifecycle(undefined, [rule({})]))).toEqual([]);
    const later = { after: { rule: [rule({})] }, after_unknown: { bucket: true } };
    expect(lossesOf(lifecycle(undefined, [], later))).toEqual([]);
  });

  test('that is replaced, sensitive or unknown is a loss.', () => {
    const replaced = lifecycle([], [rule({})], { actions: ['delete', 'create'] });
    expect(lossesOf(replaced)).toEqual(['lost expiration']);
    const hidden = lifecycle([rule({})], [rule({ id: 'x' })], { after_sensitive: { rule: true } });
    expect(lossesOf(hidden)).toEqual(['at risk expiration']);
    const after_unknown = { rule: [{ expiration: [{ days: true }] }] };
    const later = lifecycle([rule({})], [{ id: 'r' }], { after_unknown });
    expect(lossesOf(later)).toEqual(['at risk expiration']);
  });

  test('of an image repository is a loss.', () => {
    const change = updated('aws_ecr_lifecycle_policy', { policy: '{}' }, { policy: '{"rules":[]}' });
    expect(lossesOf(change)).toEqual(['at risk expiration']);
  });
});

test('A destroyed versioning resource puts versions at risk, unless its bucket is destroyed too.', () => {
  const before = { bucket: 'b', versioning_configuration: [{ status: 'Enabled' }] };
  const versioning = destroyed('aws_s3_bucket_versioning', before);
  expect(lossesOf(versioning)).toEqual(['at risk versioning']);
  expect(lossesOf(versioning, destroyed('aws_s3_bucket', { bucket: 'b' }))).toEqual([BLOCKED]);
});

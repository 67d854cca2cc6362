import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { ignoreNotFound } from '../aws/aws-errors';
import { runningExecutions } from '../aws/running-executions';
import type { Target } from '../aws/target';
import type { Change } from './plan-summary';

/** Something that a plan takes away and no apply brings back. */
export interface Loss {
  readonly address: string;
  /** In words: `all objects in it`. */
  readonly what: string;
}

/** Resources that hold what cannot be made again, and what that is. */
const HELD: ReadonlyMap<string, string> = new Map(
  Object.entries({
    aws_s3_bucket: 'its objects are lost',
    aws_glue_catalog_database: 'its tables are lost to Athena',
    aws_glue_catalog_table: 'its partitions and versions are lost',
    aws_kms_key: 'what it has encrypted can no longer be read',
    aws_cloudwatch_log_group: 'its logs are lost',
  }),
);

/** What a change takes away; undefined when that can be made again. `runningOf`: executions by state machine ARN. */
export function lossOf(
  { type, kind, before }: Pick<Change, 'type' | 'kind' | 'before'>,
  runningOf: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  if (kind !== 'delete' && kind !== 'replace') return undefined;
  if (type !== 'aws_sfn_state_machine') return HELD.get(type);
  const running = runningOf.get(String(before?.arn))?.length ?? 0;
  return running === 0 ? undefined : `${running} of its executions ${running === 1 ? 'is' : 'are'} running`;
}

/** ARNs of the state machines that go or are replaced: their executions have to be asked for. */
export function machinesThatGo(changes: readonly Change[]): string[] {
  return changes
    .filter(({ type, kind }) => type === 'aws_sfn_state_machine' && (kind === 'delete' || kind === 'replace'))
    .flatMap(({ before }) => (typeof before?.arn === 'string' ? [before.arn] : []));
}

/** What the plan takes away for good, by the change that does it. */
export async function findLosses(target: Target, changes: readonly Change[]): Promise<Map<Change, string>> {
  const machines = machinesThatGo(changes);
  const running = await Promise.all(machines.map((arn) => runningExecutions(target, [arn])));
  const runningOf = new Map(machines.map((arn, index) => [arn, running[index] ?? []]));
  const losses = new Map<Change, string>();
  for (const change of changes) {
    const loss = lossOf(change, runningOf);
    if (loss !== undefined && !(await isEmptyLeftover(target, change))) losses.set(change, loss);
  }
  return losses;
}

/** A bucket that an interrupted apply has left half-made: replacing it loses nothing as long as nobody has used it. */
async function isEmptyLeftover(
  { client, account }: Pick<Target, 'client' | 'account'>,
  { type, kind, reason, before }: Change,
): Promise<boolean> {
  if (type !== 'aws_s3_bucket' || kind !== 'replace' || reason !== 'replace_because_tainted') return false;
  const Bucket = before?.bucket;
  if (typeof Bucket !== 'string') return false;
  const call = client(S3Client).send(
    new ListObjectVersionsCommand({ Bucket, ExpectedBucketOwner: account, MaxKeys: 1 }),
  );
  const found = await ignoreNotFound(call, 'NoSuchBucket');
  return (found?.Versions ?? []).length + (found?.DeleteMarkers ?? []).length === 0;
}

import type { Change } from './plan-summary';

/** Something that a plan takes away and no apply brings back. */
export interface Loss {
  readonly address: string;
  /** In words: `all objects in it`. */
  readonly what: string;
}

/** Resources that hold what cannot be made again, and what that is. */
const HELD: Readonly<Record<string, string>> = {
  aws_s3_bucket: 'its objects are lost',
  aws_glue_catalog_database: 'its tables are lost to Athena',
  aws_glue_catalog_table: 'its partitions and versions are lost',
  aws_kms_key: 'what it has encrypted can no longer be read',
  aws_cloudwatch_log_group: 'its logs are lost',
};

/** What a change takes away; undefined when that can be made again. `runningOf`: executions by state machine ARN. */
export function lossOf(
  { type, kind, before }: Pick<Change, 'type' | 'kind' | 'before'>,
  runningOf: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  if (kind !== 'delete' && kind !== 'replace') return undefined;
  if (type !== 'aws_sfn_state_machine') return HELD[type];
  const running = runningOf.get(String(before?.arn))?.length ?? 0;
  return running === 0 ? undefined : `${running} of its executions ${running === 1 ? 'is' : 'are'} running`;
}

/** ARNs of the state machines that go or are replaced: their executions have to be asked for. */
export function machinesThatGo(changes: readonly Change[]): string[] {
  return changes
    .filter(({ type, kind }) => type === 'aws_sfn_state_machine' && (kind === 'delete' || kind === 'replace'))
    .flatMap(({ before }) => (typeof before?.arn === 'string' ? [before.arn] : []));
}

import { S3 } from '@aws-sdk/client-s3';
import { findLosses } from '../data-loss/data-loss';
import { needsConsent, type DataLoss } from '../data-loss/loss';
import { ignoreNotFound } from '../aws/aws-errors';
import { runningExecutions } from '../aws/executions';
import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import type { Change } from './plan-summary';

/** A loss that another apply cannot restore. */
export interface Loss {
  readonly address: string;
  /** Description, e.g. `all objects in it`. */
  readonly what: string;
}

/** ARNs of the state machines that the plan destroys or replaces. */
function destroyedStateMachines(changes: readonly Change[]): string[] {
  return changes
    .filter(({ type, kind }) => type === 'aws_sfn_state_machine' && (kind === 'delete' || kind === 'replace'))
    .flatMap(({ before }) => (typeof before?.arn === 'string' ? [before.arn] : []));
}

/**
 * The losses of the plan by change: data that the review reports as lost or at risk, without empty buckets, and running
 * executions.
 */
export async function findPlanLosses(
  target: Target,
  changes: readonly Change[],
): Promise<Map<Change, string>> {
  const machines = destroyedStateMachines(changes);
  const running = await Promise.all(machines.map((arn) => runningExecutions(target, [arn])));
  const runningOf = new Map(machines.map((arn, index) => [arn, running[index]?.length ?? 0]));
  const losses = new Map<Change, string>();
  for (const [change, found] of findLosses(changes)) {
    const loss = lossOf(change, found, runningOf);
    if (loss !== undefined && !(await isEmptyLeftover(target, change))) losses.set(change, loss);
  }
  return losses;
}

/** TaskError when the plan now causes more losses than shown: the confirmation can take hours. */
export async function requireShownLosses(
  target: Target,
  changes: readonly Change[],
  shown: ReadonlyMap<Change, string>,
): Promise<void> {
  const added = [...(await findPlanLosses(target, changes))].filter(
    ([change, what]) => shown.get(change) !== what,
  );
  if (added.length === 0) return;
  const list = added.map(([{ address }, what]) => `  ${address}: ${what}`).join('\n');
  throw new TaskError(
    `The plan now causes losses that were not shown:\n${list}\nNothing was changed. Run the command again and ` +
      'check the plan.',
  );
}

/** Description of a loss; undefined without one. `runningOf`: numbers of running executions by state machine ARN. */
export function lossOf(
  { type, before, reason }: Pick<Change, 'type' | 'before' | 'reason'>,
  losses: readonly DataLoss[],
  runningOf: ReadonlyMap<string, number>,
): string | undefined {
  // applicationsToStop rejects the plan when job runs are active.
  if (type === 'aws_emrserverless_application') return undefined;
  if (type === 'aws_sfn_state_machine') {
    const running = runningOf.get(String(before?.arn)) ?? 0;
    return running === 0 ? undefined : `${running} of its executions ${running === 1 ? 'is' : 'are'} running`;
  }
  // A resource of an interrupted apply has not been used yet.
  const isTainted = reason === 'replace_because_tainted';
  const counted = losses
    .filter((loss) => needsConsent(loss) && !(isTainted && loss.certainty === 'at risk'))
    .map(({ certainty, what }) => `${certainty}: ${what}`);
  return counted.length === 0 ? undefined : counted.join('; ');
}

/** Whether the change replaces an empty bucket of an interrupted apply. */
async function isEmptyLeftover(
  { client, account }: Pick<Target, 'client' | 'account'>,
  { type, kind, reason, before }: Change,
): Promise<boolean> {
  if (type !== 'aws_s3_bucket' || kind !== 'replace' || reason !== 'replace_because_tainted') return false;
  const Bucket = before?.bucket;
  if (typeof Bucket !== 'string') return false;
  const call = client(S3).listObjectVersions({ Bucket, ExpectedBucketOwner: account, MaxKeys: 1 });
  const found = await ignoreNotFound(call, 'NoSuchBucket');
  return (found?.Versions ?? []).length + (found?.DeleteMarkers ?? []).length === 0;
}

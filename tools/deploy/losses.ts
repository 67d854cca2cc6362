import { S3 } from '@aws-sdk/client-s3';
import { findLosses } from '../data-loss/data-loss';
import { needsConsent, type DataLoss } from '../data-loss/loss';
import { ignoreNotFound } from '../aws/aws-errors';
import { runningExecutions } from '../aws/executions';
import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import type { Change } from './plan-summary';

/** Something that a plan destroys and no apply brings back. */
export interface Loss {
  readonly address: string;
  /** In words: `all objects in it`. */
  readonly what: string;
}

/** ARNs of the state machines that go or are replaced: their executions have to be asked for. */
export function machinesThatGo(changes: readonly Change[]): string[] {
  return changes
    .filter(({ type, kind }) => type === 'aws_sfn_state_machine' && (kind === 'delete' || kind === 'replace'))
    .flatMap(({ before }) => (typeof before?.arn === 'string' ? [before.arn] : []));
}

/**
 * What the plan takes away for good, by the change that does it: what the review calls lost or at risk, but for what AWS can
 * be asked about: executions that run, and buckets with nothing in them.
 */
export async function findPlanLosses(
  target: Target,
  changes: readonly Change[],
): Promise<Map<Change, string>> {
  const machines = machinesThatGo(changes);
  const running = await Promise.all(machines.map((arn) => runningExecutions(target, [arn])));
  const runningOf = new Map(machines.map((arn, index) => [arn, running[index]?.length ?? 0]));
  const losses = new Map<Change, string>();
  for (const [change, found] of findLosses(changes)) {
    const loss = lossOf(change, found, runningOf);
    if (loss !== undefined && !(await isEmptyLeftover(target, change))) losses.set(change, loss);
  }
  return losses;
}

/** TaskError when by now, after a question that may have waited for hours, the plan takes away more than was shown. */
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
    `Since the plan was shown, it has come to destroy more:\n${list}\nNothing was changed. Run the command again, and ` +
      'check what it shows.',
  );
}

/** In words; undefined when nothing is lost. `runningOf`: numbers of executions by state machine ARN. */
export function lossOf(
  { type, before, reason }: Pick<Change, 'type' | 'before' | 'reason'>,
  losses: readonly DataLoss[],
  runningOf: ReadonlyMap<string, number>,
): string | undefined {
  // Of active job runs the plan is refused: see applicationsToStop.
  if (type === 'aws_emrserverless_application') return undefined;
  if (type === 'aws_sfn_state_machine') {
    const running = runningOf.get(String(before?.arn)) ?? 0;
    return running === 0 ? undefined : `${running} of its executions ${running === 1 ? 'is' : 'are'} running`;
  }
  // What an interrupted apply has left half-made was not used yet: the same command continues.
  const isHalfMade = reason === 'replace_because_tainted';
  const counted = losses
    .filter((loss) => needsConsent(loss) && !(isHalfMade && loss.certainty === 'at risk'))
    .map(({ certainty, what }) => `${certainty}: ${what}`);
  return counted.length === 0 ? undefined : counted.join('; ');
}

/** A bucket that an interrupted apply has left incomplete: replacing it loses nothing while it is empty. */
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

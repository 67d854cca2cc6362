import { errorMessage, TaskError } from '../cli/errors';
import { forgetApplied } from '../local-aws/local-stack';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { bucketKind } from './resource-types/storage';
import type { Resource } from './resource';
import { readAgain, type StackState } from './stack-state';
import type { StateResource } from '../terraform/state-document';
import { explainLock } from './state-lock';
import type { Survey } from './survey';

/** Destroys what the states list, side by side: most of it is waiting. TaskError with all that failed. */
export async function destroyStacks(
  target: Target,
  { states, going, kept }: Survey,
  { update, setTitle }: StepOutput,
): Promise<void> {
  const buckets = [...going, ...kept].filter(({ kind }) => kind === bucketKind.title);
  const ends = await Promise.allSettled(
    states.map((state) =>
      destroyStack(target, state, buckets, (text) => {
        update(`${state.name}: ${text}`);
      }),
    ),
  );
  const failures = ends.flatMap((end, index) =>
    end.status === 'rejected' ? [`stack ${states[index]?.name ?? ''}: ${errorMessage(end.reason)}`] : [],
  );
  if (failures.length > 0) throw new TaskError(failures.join('\n'));
  const counts = ends.flatMap((end, index) =>
    end.status === 'fulfilled' ? [`${states[index]?.name ?? ''} ${end.value}`] : [],
  );
  if (counts.length > 0) setTitle(`Destroy the stacks: ${counts.join(', ')} resources`);
}

/**
 * Destroys what a state lists, but for the buckets that still exist: those that are kept, and those that could not be
 * emptied. Terraform would empty a bucket too, one page at a time and without end while somebody writes to it.
 * Resolves with the number of resources.
 */
async function destroyStack(
  target: Target,
  state: StackState,
  buckets: readonly Resource[],
  say: (text: string) => void,
): Promise<number> {
  const { name, terraform } = state;
  const { resources } = await readAgain(state);
  const standing = await stillThere(target, buckets);
  const going = resources.filter((resource) => !belongsTo(resource, standing));
  const targets = going.length < resources.length ? going.map(({ address }) => address) : [];
  if (target.kind === 'local') forgetApplied(name);
  if (going.length === 0) return 0;
  try {
    await terraform.destroy(say, { targets, refresh: false });
  } catch (error) {
    const locked = explainLock(errorMessage(error), name, terraform.folder);
    if (locked !== undefined) throw new TaskError(locked);
    say('once more, after a look at what is still there');
    // What is gone already can be in the way of what depends on it.
    await terraform.destroy(say, { targets });
  }
  return going.length;
}

async function stillThere(target: Target, buckets: readonly Resource[]): Promise<Resource[]> {
  const found = await Promise.all(buckets.map(({ id }) => bucketKind.getStatus(target, id)));
  return buckets.filter((_, index) => found[index] !== 'gone');
}

/** A bucket that is kept keeps its encryption, its policy and its rules; only what it notifies goes. */
export function belongsTo({ type, id }: StateResource, kept: readonly Resource[]): boolean {
  if (!type.startsWith('aws_s3_bucket') || type === 'aws_s3_bucket_notification') return false;
  // Some ids of the provider are "bucket,account".
  const bucket = id?.split(',')[0];
  return kept.some(({ kind, id: name }) => kind === 'S3 bucket' && name === bucket);
}

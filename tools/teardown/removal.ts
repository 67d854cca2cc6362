import { S3 } from '@aws-sdk/client-s3';
import type { Target } from '../aws/target';
import { errorMessage, TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { forgetApplied } from '../local-aws/local-stack';
import { emptyAndDelete, type Emptied } from './bucket-emptying';
import { findResources } from './found-resources';
import { divide, type Choices, type Inventory } from './inventory';
import { idsOf, type Resource } from './resource';
import { RESOURCE_TYPES } from './resource-types';
import { bucketArn, bucketType } from './resource-types/bucket';
import { logGroupType } from './resource-types/services';
import { belongsTo, readAgain, type StackState } from './stack-state';

/** Each bucket has up to four requests under way. */
const MAX_BUCKETS = 4;

/** Empties and deletes buckets, several at once. TaskError with all that failed; the others are gone. */
export async function emptyBuckets(
  target: Target,
  { toDelete }: Inventory,
  { update, setTitle }: StepOutput,
): Promise<void> {
  const waiting = idsOf(toDelete, bucketType.title);
  const count = waiting.length;
  const failures: string[] = [];
  const done: Emptied[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        const options = { owner: target.account, arn: bucketArn(target, name), update };
        done.push(await emptyAndDelete(target.client(S3), name, options));
      } catch (error) {
        const message = errorMessage(error);
        failures.push(message.includes(name) ? message : `${name}: ${message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_BUCKETS }, work));
  if (failures.length > 0)
    throw new TaskError([`${failures.length} of ${count} buckets are not empty:`, ...failures].join('\n'));
  const sum = (value: (emptied: Emptied) => number): string =>
    done.reduce((total, emptied) => total + value(emptied), 0).toLocaleString('en');
  const removed = `${sum(({ objects }) => objects)} versions and ${sum(({ uploads }) => uploads)} unfinished uploads`;
  setTitle(`Empty and delete buckets: ${count} buckets with ${removed}`);
}

/** Destroys what the states list, all at once: most of it is waiting. TaskError with all that failed. */
export async function destroyStacks(
  target: Target,
  { states, toDelete, retained }: Inventory,
  { update, setTitle }: StepOutput,
): Promise<void> {
  const buckets = [...toDelete, ...retained].filter(({ kind }) => kind === bucketType.title);
  const failures: string[] = [];
  const counts: string[] = [];
  const destroy = async (state: StackState): Promise<void> => {
    try {
      const onProgress = (text: string): void => {
        update(`${state.name}: ${text}`);
      };
      counts.push(`${state.name} ${await destroyStack(target, state, buckets, onProgress)}`);
    } catch (error) {
      failures.push(`stack ${state.name}: ${errorMessage(error)}`);
    }
  };
  await Promise.all(states.map(destroy));
  if (failures.length > 0) throw new TaskError(failures.join('\n'));
  if (counts.length > 0) setTitle(`Destroy the stacks: ${counts.sort().join(', ')} resources`);
}

/**
 * Destroys what a state lists, but for the buckets that still exist: those that are retained, and those that could not
 * be emptied. Terraform would empty a bucket too, one page at a time and without end while somebody writes to it.
 * Resolves with the number of resources.
 */
async function destroyStack(
  target: Target,
  state: StackState,
  buckets: readonly Resource[],
  onProgress: (text: string) => void,
): Promise<number> {
  const { name, terraform } = state;
  const { resources } = await readListed(state);
  const statuses = await Promise.all(buckets.map(({ id }) => bucketType.getStatus(target, id)));
  const existing = buckets.filter((_, index) => statuses[index] !== 'gone');
  const toDestroy = resources.filter((resource) => !belongsTo(resource, existing));
  const targets = toDestroy.length < resources.length ? toDestroy.map(({ address }) => address) : [];
  if (target.kind === 'local') forgetApplied(name);
  if (toDestroy.length === 0) return 0;
  try {
    await terraform.destroy(onProgress, { targets, refresh: false });
  } catch {
    onProgress('destroying again, after a refresh of the state');
    // What is gone already can be in the way of what depends on it.
    await terraform.destroy(onProgress, { targets });
  }
  return toDestroy.length;
}

/** What the state lists now. TaskError when that is more than was in the list which the user has confirmed. */
async function readListed(state: StackState): Promise<StackState> {
  const { name, resources: listed } = state;
  const { resources } = await readAgain(state);
  const added = resources.filter(({ address }) => listed.every((resource) => resource.address !== address));
  if (added.length === 0) return { ...state, resources };
  const list = added.map(({ address }) => `  ${address}`).join('\n');
  throw new TaskError(
    `The state of the stack ${name} has resources that were not listed; another task has deployed them meanwhile:\n${list}\n` +
      'Nothing of them was removed. Run npm run cleanup again, and check its list.',
  );
}

/** Removes what is left after Terraform. TaskError with all that could not be removed. */
export async function removeOrphans(
  target: Target,
  inventory: Inventory,
  choices: Choices,
  { update, setTitle }: StepOutput,
): Promise<void> {
  // Tags would lead to them too.
  await Promise.all(inventory.states.map(readListed));
  const { toDelete, untagged } = divide(target, await findResources(target, []), choices);
  // With --include-untagged, both have what is untagged.
  const orphans = [
    ...new Set([...toDelete, ...untagged.filter((resource) => cameBack(resource, inventory))]),
  ];
  const failures: string[] = [];
  for (const { title, remove } of RESOURCE_TYPES) {
    for (const id of idsOf(orphans, title)) {
      update(`${title} ${id}`);
      try {
        await remove(target, id);
      } catch (error) {
        failures.push(`${title} ${id}: ${errorMessage(error)}`);
      }
    }
  }
  if (failures.length > 0) throw new TaskError(failures.join('\n'));
  setTitle(`Remove orphans: ${orphans.length} removed`);
}

/** A log group without tags that has the name of one that was just deleted: a late writer created it again. */
function cameBack({ kind, arn }: Resource, { toDelete }: Inventory): boolean {
  return kind === logGroupType.title && toDelete.some((resource) => resource.arn === arn);
}

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

/** Buckets that are emptied concurrently, each with up to four concurrent requests. */
const MAX_BUCKETS = 4;

/** Empties and deletes the buckets. TaskError with all failures. */
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
  const removed = `${sum(({ objects }) => objects)} versions and ${sum(({ uploads }) => uploads)} incomplete uploads`;
  setTitle(`Empty and delete buckets: ${count} buckets with ${removed}`);
}

/** Destroys the stacks concurrently. TaskError with all failures. */
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
 * Destroys the resources of a state, except buckets that still exist: they are retained, or could not be emptied.
 * Terraform would empty them page by page, without end while a client keeps writing. Resolves with the number of
 * resources.
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
    // Without a refresh, a resource that no longer exists can fail the destruction of others.
    onProgress('destroying again, with a refresh of the state');
    await terraform.destroy(onProgress, { targets });
  }
  return toDestroy.length;
}

/** Reads the state again. TaskError when it has resources that the user has not confirmed. */
async function readListed(state: StackState): Promise<StackState> {
  const { name, resources: listed } = state;
  const { resources } = await readAgain(state);
  const added = resources.filter(({ address }) => listed.every((resource) => resource.address !== address));
  if (added.length === 0) return { ...state, resources };
  const list = added.map(({ address }) => `  ${address}`).join('\n');
  throw new TaskError(
    `The state of the stack ${name} has resources that were not listed. Another task has deployed them since:\n${list}\n` +
      'They were not removed. Run npm run cleanup again and check its list.',
  );
}

/** Deletes the resources that are left after Terraform. TaskError with all failures. */
export async function removeOrphans(
  target: Target,
  inventory: Inventory,
  choices: Choices,
  { update, setTitle }: StepOutput,
): Promise<void> {
  // The search by tag also finds resources that another task has deployed since.
  await Promise.all(inventory.states.map(readListed));
  const { toDelete, untagged } = divide(target, await findResources(target, []), choices);
  // With --include-untagged, toDelete contains the untagged resources too.
  const recreated = untagged.filter((resource) => isRecreated(resource, inventory));
  const orphans = [...new Set([...toDelete, ...recreated])];
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

/** Whether it is a deleted log group that a late writer created again, without tags. */
function isRecreated({ kind, arn }: Resource, { toDelete }: Inventory): boolean {
  return kind === logGroupType.title && toDelete.some((resource) => resource.arn === arn);
}

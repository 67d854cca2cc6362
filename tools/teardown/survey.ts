import { S3Client } from '@aws-sdk/client-s3';
import { errorMessage } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { measureBucket, type BucketSize } from './bucket-contents';
import { expectedNames } from './expected-names';
import { takeInventory, type Inventory } from './inventory';
import { isOurs, type Resource } from './resource';
import { openStates, type StackState } from './stack-state';
import { requireUnlocked } from './state-lock';
import { findWork, idsOf, type Work } from './work';

/** What the user chose. */
export interface Choices {
  /** Buckets with data stay, with their protection and in the Terraform state. */
  readonly keepData: boolean;
  /** What has a name of ours and no tags goes too. */
  readonly includeUntagged: boolean;
}

/** What there is before anything is changed. */
export interface Survey {
  readonly states: readonly StackState[];
  readonly inventory: Inventory;
  /** What is to go. */
  readonly going: readonly Resource[];
  /** Buckets that stay because the user keeps the data. */
  readonly kept: readonly Resource[];
  /** What has a name of ours, and neither our tags nor a place in the state. */
  readonly untagged: readonly Resource[];
  readonly sizes: readonly BucketSize[];
  readonly work: Work;
}

/** Looks at everything and changes nothing. TaskError when the state is locked, or belongs to another account or region. */
export async function survey(target: Target, choices: Choices, { update }: StepOutput): Promise<Survey> {
  update('reading the Terraform states');
  const states = await openStates(target);
  await Promise.all(states.map(requireUnlocked));
  update('looking for resources by tag and by name');
  const inventory = await takeInventory(target, states);
  update('counting objects, looking for running work');
  const [sizes, work] = await Promise.all([
    Promise.all(idsOf(inventory.resources, 'S3 bucket').map((name) => measure(target, name))),
    findWork(target, inventory.resources),
  ]);
  return { states, inventory, sizes, work, ...divide(target, inventory, choices) };
}

/** Sorts what was found into what goes, what stays on request, and what nobody has said to be ours. */
export function divide(
  target: Target,
  { resources }: Pick<Inventory, 'resources'>,
  { keepData, includeUntagged }: Choices,
): Pick<Survey, 'going' | 'kept' | 'untagged'> {
  const { dataBuckets } = expectedNames(target.names);
  const isKept = ({ kind, id }: Resource): boolean =>
    keepData && kind === 'S3 bucket' && dataBuckets.includes(id);
  const untagged = resources.filter((resource) => !isOurs(resource));
  const removable = includeUntagged ? resources : resources.filter(isOurs);
  return {
    going: removable.filter((resource) => !isKept(resource)),
    kept: resources.filter(isKept),
    untagged: untagged.filter((resource) => !isKept(resource)),
  };
}

async function measure(target: Target, name: string): Promise<BucketSize> {
  try {
    return await measureBucket(target.client(S3Client), name, target.account);
  } catch (error) {
    return { name, objects: 0, bytes: 0, uploads: 0, isComplete: false, unreadable: errorMessage(error) };
  }
}

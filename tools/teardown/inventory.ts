import { S3 } from '@aws-sdk/client-s3';
import { describeClusters, type RunningCluster } from '../aws/clusters';
import { runningExecutions } from '../aws/executions';
import { applicationState, isAtRest, runningJobs, type RunningJob } from '../aws/job-runs';
import type { Target } from '../aws/target';
import { errorMessage } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { measureBucket, type BucketSize } from './bucket-contents';
import { expectedNames } from './expected-names';
import { findResources, type FoundResources } from './found-resources';
import { arnsOf, idsOf, belongsToStage, type Resource } from './resource';
import { openStates, type StackState } from './stack-state';
import { findTriggers, type Trigger } from './triggers';

export interface Choices {
  /** Keep the buckets with data, with their configuration and in the Terraform state. */
  readonly keepData: boolean;
  /** Also delete resources with a matching name and without tags. */
  readonly includeUntagged: boolean;
}

/** Running work, and the triggers that start it. */
export interface Work {
  readonly triggers: readonly Trigger[];
  /** ARNs. */
  readonly executions: readonly string[];
  readonly jobs: readonly RunningJob[];
  readonly clusters: readonly RunningCluster[];
  readonly startedApplications: readonly string[];
}

export interface Inventory {
  readonly states: readonly StackState[];
  readonly found: FoundResources;
  readonly toDelete: readonly Resource[];
  /** Buckets that the user keeps. */
  readonly retained: readonly Resource[];
  /** Resources with a matching name, but without tags and not in a state. */
  readonly untagged: readonly Resource[];
  readonly sizes: readonly BucketSize[];
  readonly work: Work;
}

/** Read-only. TaskError when a state belongs to another account or region. */
export async function takeInventory(
  target: Target,
  choices: Choices,
  { update }: Pick<StepOutput, 'update'>,
): Promise<Inventory> {
  update('reading the Terraform states');
  const states = await openStates(target);
  update('searching for resources by tag and by name');
  const found = await findResources(target, states);
  update('counting objects, searching for running work');
  const [sizes, work] = await Promise.all([
    Promise.all(idsOf(found.resources, 'S3 bucket').map((name) => measure(target, name))),
    findWork(target, found.resources),
  ]);
  return { states, found, sizes, work, ...divide(target, found, choices) };
}

/** Divides the resources into those to delete, those to retain, and those found by name only. */
export function divide(
  target: Target,
  { resources }: Pick<FoundResources, 'resources'>,
  { keepData, includeUntagged }: Choices,
): Pick<Inventory, 'toDelete' | 'retained' | 'untagged'> {
  const { dataBuckets } = expectedNames(target.names);
  const isRetained = ({ kind, id }: Resource): boolean =>
    keepData && kind === 'S3 bucket' && dataBuckets.includes(id);
  const others = resources.filter((resource) => !isRetained(resource));
  return {
    toDelete: includeUntagged ? others : others.filter(belongsToStage),
    retained: resources.filter(isRetained),
    untagged: others.filter((resource) => !belongsToStage(resource)),
  };
}

async function measure(target: Target, name: string): Promise<BucketSize> {
  try {
    return await measureBucket(target.client(S3), name, target.account);
  } catch (error) {
    return { name, objects: 0, bytes: 0, uploads: 0, isComplete: false, unreadable: errorMessage(error) };
  }
}

async function findWork(target: Target, resources: readonly Resource[]): Promise<Work> {
  const machines = arnsOf(resources, 'state machine');
  const applications = idsOf(resources, 'EMR Serverless application');
  const [triggers, executions, jobs, clusters, states] = await Promise.all([
    findTriggers(target, machines),
    runningExecutions(target, machines),
    runningJobs(target, applications),
    describeClusters(target, idsOf(resources, 'EMR cluster')),
    Promise.all(applications.map((id) => applicationState(target, id))),
  ]);
  const startedApplications = applications.filter((_, index) => !isAtRest(states[index]));
  return { triggers, executions, jobs, clusters, startedApplications };
}

/** The triggers of the stage. Other triggers of its state machines belong to other owners. */
export function ownTriggers(triggers: readonly Trigger[], resources: readonly Resource[]): Trigger[] {
  const groups = idsOf(resources, 'schedule group');
  const rules = idsOf(resources, 'EventBridge rule');
  return triggers.filter(({ kind, name, group = '' }) =>
    kind === 'rule' ? rules.includes(name) : groups.includes(group),
  );
}

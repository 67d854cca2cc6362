import type { Target } from '../aws/target';
import type { Resource } from './resource';
import { describeClusters, type RunningCluster } from '../aws/clusters';
import { runningExecutions } from '../aws/executions';
import { applicationState, runningJobs, type RunningJob } from '../aws/job-runs';
import { findTriggers, type Trigger } from './triggers';

/** What runs, and what would start more. */
export interface Work {
  readonly triggers: readonly Trigger[];
  /** ARNs. */
  readonly executions: readonly string[];
  readonly jobs: readonly RunningJob[];
  readonly clusters: readonly RunningCluster[];
  readonly startedApplications: readonly string[];
}

export function idsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ id }) => id);
}

export function arnsOf(resources: readonly Resource[], kind: string): string[] {
  return resources.filter((resource) => resource.kind === kind).map(({ arn }) => arn);
}

/** What runs on the given resources. */
export async function findWork(target: Target, resources: readonly Resource[]): Promise<Work> {
  const machines = arnsOf(resources, 'state machine');
  const applications = idsOf(resources, 'EMR Serverless application');
  const [triggers, executions, jobs, clusters, states] = await Promise.all([
    findTriggers(target, machines),
    runningExecutions(target, machines),
    runningJobs(target, applications),
    describeClusters(target, idsOf(resources, 'EMR cluster')),
    Promise.all(applications.map((id) => applicationState(target, id))),
  ]);
  const startedApplications = applications.filter((_, index) =>
    ['STARTING', 'STARTED', 'STOPPING'].includes(states[index] ?? ''),
  );
  return { triggers, executions, jobs, clusters, startedApplications };
}

/** The triggers that belong to the stage; others that start its state machines were made by somebody else. */
export function ownTriggers(triggers: readonly Trigger[], resources: readonly Resource[]): Trigger[] {
  const groups = idsOf(resources, 'schedule group');
  const rules = idsOf(resources, 'EventBridge rule');
  return triggers.filter(({ kind, name, group = '' }) =>
    kind === 'rule' ? rules.includes(name) : groups.includes(group),
  );
}

import { Lambda } from '@aws-sdk/client-lambda';
import { ignoreNotFound } from '../aws/aws-errors';
import { endClusters } from '../aws/clusters';
import { stopExecutions } from '../aws/executions';
import { cancelJobs, stopApplication } from '../aws/job-runs';
import type { Target } from '../aws/target';
import { waitUntilNone } from '../aws/waiting';
import type { StepOutput } from '../cli/progress';
import { expectedNames } from './expected-names';
import { ownTriggers, type Choices, type Inventory } from './inventory';
import { destroyStacks, emptyBuckets, removeOrphans } from './removal';
import { arnsOf, idsOf } from './resource';
import { deleteEmrManagedGroups } from './resource-types/ec2';
import { deliveryStreamType } from './resource-types/services';
import { disable, findTriggers } from './triggers';

export interface CleanupStep {
  readonly id: string;
  readonly title: string;
  /** Steps that must have succeeded. */
  readonly needs: readonly string[];
  readonly run: (stepOutput: StepOutput) => Promise<void>;
}

/** Running work needs its roles and networks: EMR cannot terminate a cluster without its service role. */
const NOTHING_RUNS = ['executions', 'jobs', 'clusters'];

/** The steps in order: disable the triggers, stop the work, stop the writers, delete the resources. */
export function cleanupSteps(target: Target, inventory: Inventory, choices: Choices): CleanupStep[] {
  const { toDelete } = inventory;
  const machines = arnsOf(toDelete, 'state machine');
  const applications = idsOf(toDelete, 'EMR Serverless application');
  const clusters = idsOf(toDelete, 'EMR cluster');
  const disableTriggers = async (): Promise<void> => {
    const all = await findTriggers(target, arnsOf(inventory.found.resources, 'state machine'));
    for (const trigger of ownTriggers(all, toDelete)) if (trigger.enabled) await disable(target, trigger);
  };
  const step = (
    id: string,
    title: string,
    run: CleanupStep['run'],
    needs: readonly string[] = [],
  ): CleanupStep => ({ id, title, needs, run });
  return [
    step('triggers', 'Disable schedules and rules', disableTriggers),
    step('ingestion', 'Stop the ingestion of clicks', () => stopIngestion(target, inventory)),
    step('executions', 'Stop executions', ({ update }) => stopExecutions(target, machines, update)),
    step('jobs', 'Cancel job runs', ({ update }) => cancelJobs(target, applications, update)),
    step('clusters', 'Terminate clusters', ({ update }) => endClusters(target, clusters, update)),
    step(
      'applications',
      'Stop EMR Serverless applications',
      async ({ update }) => {
        await Promise.all(applications.map((id) => stopApplication(target, id, update)));
      },
      ['jobs'],
    ),
    step('streams', 'Delete Firehose streams', ({ update }) => deleteStreams(target, inventory, update)),
    step('buckets', 'Empty and delete buckets', (output) => emptyBuckets(target, inventory, output)),
    step(
      'groups',
      'Delete security groups created by EMR',
      () => deleteEmrManagedGroups(target, idsOf(toDelete, 'VPC')),
      ['clusters'],
    ),
    step('destroy', 'Destroy the stacks', (output) => destroyStacks(target, inventory, output), NOTHING_RUNS),
    step(
      'remove-orphans',
      'Delete resources that are in no state, and recreated log groups',
      (output) => removeOrphans(target, inventory, choices, output),
      NOTHING_RUNS,
    ),
    step('triggers-again', 'Check schedules and rules again', disableTriggers),
  ];
}

async function stopIngestion({ client, names }: Target, { toDelete }: Inventory): Promise<void> {
  const { ingestion } = expectedNames(names);
  for (const FunctionName of idsOf(toDelete, 'Lambda function').filter((name) => ingestion.includes(name))) {
    await ignoreNotFound(
      client(Lambda).putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 }),
      'ResourceNotFoundException',
    );
  }
}

/** A stream delivers its buffer up to 15 minutes later. */
async function deleteStreams(
  target: Target,
  { toDelete }: Inventory,
  update: (text: string) => void,
): Promise<void> {
  const names = idsOf(toDelete, deliveryStreamType.title);
  const existing = async (): Promise<string[]> => {
    const statuses = await Promise.all(names.map((name) => deliveryStreamType.getStatus(target, name)));
    return names.filter((_, index) => statuses[index] === 'present');
  };
  for (const name of await existing()) await deliveryStreamType.remove(target, name);
  await waitUntilNone(target, 'Firehose streams', existing, update);
}

import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import type { StepOutput } from '../cli/progress';
import type { Target } from '../aws/target';
import { ignoreNotFound } from '../aws/aws-errors';
import { emptyBuckets } from './buckets';
import { destroyStacks } from './destruction';
import { expectedNames } from './expected-names';
import { deliveryStreamKind } from './resource-types/delivery';
import { removeGroupsMadeByEmr } from './resource-types/security-groups';
import { removeRest } from './orphans';
import { endClusters } from '../aws/clusters';
import { stopExecutions } from '../aws/executions';
import { cancelJobs, stopApplication } from '../aws/job-runs';
import type { Choices, Survey } from './survey';
import { disable, findTriggers } from './triggers';
import { waitUntilNone } from '../aws/waiting';
import { arnsOf, idsOf, ownTriggers } from './work';

/** One step of the tear-down. It can be repeated: what it would do may have been done already. */
export interface CleanupStep {
  readonly id: string;
  readonly title: string;
  /** Steps without whose success this one could do harm, or would fail. */
  readonly needs: readonly string[];
  readonly run: (stepOutput: StepOutput) => Promise<void>;
}

const SAFE_AT_ANY_TIME: readonly string[] = [];

/** Roles and networks must outlive what runs with them: without its service role EMR cannot end a cluster. */
const NOTHING_RUNS = ['executions', 'jobs', 'clusters'];

/** The steps in their order: nothing starts any more, nothing runs any more, nothing writes any more, nothing is left. */
export function cleanupSteps(target: Target, plan: Survey, choices: Choices): CleanupStep[] {
  const step = (
    id: string,
    title: string,
    run: CleanupStep['run'],
    needs: readonly string[] = SAFE_AT_ANY_TIME,
  ): CleanupStep => ({ id, title, needs, run });
  return [
    step('triggers', 'Switch schedules and rules off', () => switchOff(target, plan)),
    step('ingestion', 'Stop taking in clicks', () => stopIngestion(target, plan)),
    step('executions', 'Stop executions', ({ update }) =>
      stopExecutions(target, arnsOf(plan.going, 'state machine'), update),
    ),
    step('jobs', 'Cancel job runs', ({ update }) => cancelJobs(target, applications(plan), update)),
    step('clusters', 'Terminate clusters', ({ update }) =>
      endClusters(target, idsOf(plan.going, 'EMR cluster'), update),
    ),
    step('applications', 'Stop EMR Serverless applications', ({ update }) => stopAll(target, plan, update), [
      'jobs',
    ]),
    step('streams', 'Delete Firehose streams', ({ update }) => deleteStreams(target, plan, update)),
    step('buckets', 'Empty and delete buckets', (stepOutput) => emptyBuckets(target, plan, stepOutput)),
    step('groups', 'Remove security groups made by EMR', () => removeGroups(target, plan), ['clusters']),
    step(
      'destroy',
      'Destroy the stacks',
      (stepOutput) => destroyStacks(target, plan, stepOutput),
      NOTHING_RUNS,
    ),
    step(
      'rest',
      'Remove what no state knows, and log groups that came back',
      (stepOutput) => removeRest(target, plan, choices, stepOutput),
      NOTHING_RUNS,
    ),
    step('triggers-again', 'Look for schedules and rules again', () => switchOff(target, plan)),
  ];
}

function applications({ going }: Survey): string[] {
  return idsOf(going, 'EMR Serverless application');
}

async function switchOff(target: Target, { going, inventory }: Survey): Promise<void> {
  const machines = arnsOf(inventory.resources, 'state machine');
  const triggers = await findTriggers(target, machines);
  for (const trigger of ownTriggers(triggers, going)) if (trigger.enabled) await disable(target, trigger);
}

async function stopIngestion(target: Target, { going }: Survey): Promise<void> {
  const { ingestion } = expectedNames(target.names);
  for (const FunctionName of idsOf(going, 'Lambda function').filter((name) => ingestion.includes(name))) {
    const command = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 });
    await ignoreNotFound(target.client(LambdaClient).send(command), 'ResourceNotFoundException');
  }
}

async function stopAll(target: Target, plan: Survey, say: (text: string) => void): Promise<void> {
  await Promise.all(applications(plan).map((id) => stopApplication(target, id, say)));
}

/** A stream writes what it has buffered up to fifteen minutes later. */
async function deleteStreams(target: Target, { going }: Survey, say: (text: string) => void): Promise<void> {
  const names = idsOf(going, deliveryStreamKind.title);
  const isThere = async (name: string): Promise<boolean> =>
    (await deliveryStreamKind.getStatus(target, name)) === 'present';
  const existing = async (): Promise<string[]> => {
    const there = await Promise.all(names.map(isThere));
    return names.filter((_, index) => there[index]);
  };
  for (const name of await existing()) await deliveryStreamKind.remove(target, name);
  await waitUntilNone(target, 'Firehose streams', existing, say);
}

async function removeGroups(target: Target, { going }: Survey): Promise<void> {
  await removeGroupsMadeByEmr(target, idsOf(going, 'VPC'));
}
